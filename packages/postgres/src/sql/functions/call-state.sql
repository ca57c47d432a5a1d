-- Types that functions hand to each other.

-- A session, as a call finds it.
CREATE TYPE @schema@.admitted_v1 AS (
  session @schema@.session,
  now int8,
  -- The call was applied before: it answers what it answered then.
  is_repeat bool,
  answers jsonb,
  -- The last call of the lane, to be forgotten.
  last_number int8
);

-- What a claim may take, and what it has taken so far.
CREATE TYPE @schema@.hand_v1 AS (
  session @schema@.session,
  lane int,
  number int8,
  now int8,
  slots int,
  ahead int,
  -- Payload bytes that are left.
  bytes int8,
  taken int,
  jobs int8[],
  -- The same as groups of JSON (see `handed_v1`), each led by a comma, while all were taken many at once and none needs
  -- values; else null.
  told text,
  -- Where the tails of lines began: JSON arrays [queue, rank, position], each led by a comma.
  marks text,
  -- One of them fails with its first crash.
  has_once bool,
  -- The session holds a job with a crash behind it.
  has_suspect bool,
  is_full bool,
  -- Arguments that the reply has already.
  vals int8[]
);

-- One item of an enqueue.
CREATE TYPE @schema@.item_v1 AS (
  id text, task text, queue text, input text, raw bytea, priority int, delay float8, run_at float8, reply bool,
  options jsonb, relations jsonb
);

-- An edge whose job was looked up. No target: satisfied.
CREATE TYPE @schema@.found_edge_v1 AS (kind int2, on_error int2, target int8);

-- A search for a cycle: whether it was found, how many visits are left, and what is to be visited and was.
CREATE TYPE @schema@.search_v1 AS (is_found bool, visits_left int, open int8[], seen int8[]);

-- Edges of the new jobs of a call, by their order; and for each job how many edges it has, and how many of them fill
-- arguments (null for none).
CREATE TYPE @schema@.links_v1 AS (
  dependents int8[], targets int8[], kinds int2[], on_errors int2[], hole_of int[], unmet int[], holes int[]
);

-- Edges that are met by the items of a call, in order; those items that some fill an argument with; and whether there
-- are too many of them, or such as have to be looked at one by one. Where an edge fills no argument its hole is -1.
CREATE TYPE @schema@.met_edges_v1 AS (
  keys int8[], dependents int8[], holes int[], items int[], takes int[], is_rare bool
);
