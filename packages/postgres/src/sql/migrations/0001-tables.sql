-- The data model. Times are ms since the epoch, of the namespace's clock; tokens are microseconds of it.
--
-- What is hot is narrow: `ready` and `held` hold what can be claimed and what is claimed, one row a job, inserted and
-- deleted, never updated on the way of a plain job. `job` is written when a job is stored and when it ends; neither its
-- claim nor its end changes an indexed column, so that both stay in their page (HOT). Nothing is updated once per call:
-- numbered calls, counts and retention are rows that are inserted, and folded or deleted by sweeps.
--
-- Names, ids and texts are stored escaped (see text-escapes.ts), so that any string can be one. Payloads are text where
-- they can be, else bytes led by a byte that says which kind they were: 0 bytes, 1 text.

CREATE TABLE @schema@.namespace (
  key int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  -- Only tests move the clock.
  clock_offset int8 NOT NULL DEFAULT 0
);

-- When a namespace was swept last, and when it has to be again.
CREATE TABLE @schema@.beat (
  ns int PRIMARY KEY,
  last_sweep int8,
  next_due float8 NOT NULL DEFAULT 'Infinity'
) WITH (fillfactor = 20);

CREATE TABLE @schema@.session (
  key int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ns int NOT NULL,
  id text COLLATE "C" NOT NULL,
  epoch int8 NOT NULL DEFAULT 0,
  lease_ms float8 NOT NULL,
  -- Counts while the session holds something.
  lease_end float8 NOT NULL DEFAULT 0,
  -- Kept to the minute.
  heard_at int8 NOT NULL,
  -- A sweep has recorded the end of its lease.
  ended bool NOT NULL DEFAULT false,
  -- It left; the row stays until its jobs are given back.
  closed bool NOT NULL DEFAULT false,
  -- The tasks it can run: name to null, or to what its policy says.
  tasks jsonb,
  -- Those of them whose jobs fail with their first crash.
  solo text[] COLLATE "C",
  queues text[] COLLATE "C",
  label text,
  owner text,
  revision int8 NOT NULL DEFAULT 0,
  -- For each lane of the epoch before, the last number that was applied.
  applied jsonb NOT NULL DEFAULT '{}'
) WITH (fillfactor = 50);
CREATE INDEX session_owner ON @schema@.session (ns, owner) WHERE owner IS NOT NULL;
CREATE UNIQUE INDEX session_id ON @schema@.session (ns, id) WHERE NOT closed;

-- The last call of each lane of a session's epoch, and what it answered if not all was well.
CREATE TABLE @schema@.calls (
  session int8 NOT NULL,
  lane int NOT NULL,
  number int8 NOT NULL,
  answers jsonb,
  PRIMARY KEY (session, lane, number)
);

-- Places in lines, and keys of jobs: they only rise.
CREATE SEQUENCE @schema@.position;

CREATE TABLE @schema@.job (
  -- What a plain job never changes comes first: the log of a write that keeps the page leaves out what is as before.
  key int8 PRIMARY KEY,
  created_at int8 NOT NULL,
  ns int NOT NULL,
  priority int NOT NULL DEFAULT 0,
  series int NOT NULL DEFAULT 1,
  failures int NOT NULL DEFAULT 0,
  crashes int NOT NULL DEFAULT 0,
  -- How many arguments are values of other jobs: rows of `arg`, when they are there.
  holes int,
  max_crashes int,
  ignore_result bool NOT NULL DEFAULT false,
  -- More sessions than `reply` want to hear of it: rows of `watcher` and `follower`.
  watched bool NOT NULL DEFAULT false,
  id text COLLATE "C" NOT NULL,
  task text COLLATE "C" NOT NULL,
  queue text COLLATE "C" NOT NULL,
  parent text,
  run text,
  tags text,
  meta text,
  input text,
  input_raw bytea,
  result_ttl float8,
  run_at int8,
  -- Session that waits for its outcome.
  reply int8,
  -- Its place in line if it is not its key: the order among jobs that were given back is that of their places.
  position int8,
  -- When it was put to the front, in places; null while it stands where its place is.
  placed int8,
  -- Edges to it with keys up to this one belong to the end of an earlier series.
  released int8,
  -- Index in JOB_STATES; a claimed job stays `enqueued` (2) here, and has a row in `held`.
  state int2 NOT NULL,
  -- Its last claim decided this series.
  decided bool NOT NULL DEFAULT false,
  attempt int NOT NULL DEFAULT 0,
  -- Token of its last claim that is over.
  token int8 NOT NULL DEFAULT 0,
  -- As of its end; while it is held, `held` knows better.
  claimed_at int8,
  ended_at int8,
  result_until float8,
  last_owner text,
  result text,
  result_raw bytea,
  -- Its result, if it is shared: a row of `value`.
  value int8,
  -- Number of the newest line of its journal; null before the first.
  journal_last int8,
  progress float8,
  output text,
  output_raw bytea,
  forwarded_to text,
  kind text,
  failure jsonb,
  -- Written out once something rare happened; else it follows from the stamps.
  history jsonb
) WITH (
  fillfactor = 45,
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_insert_scale_factor = 0.05,
  autovacuum_analyze_scale_factor = 0.05
);
CREATE UNIQUE INDEX job_id ON @schema@.job (ns, id);
CREATE INDEX job_value ON @schema@.job (value) WHERE value IS NOT NULL;

-- Jobs that can be claimed, in order: by priority, those given back first, then by their places.
CREATE TABLE @schema@.ready (
  position int8 NOT NULL,
  job int8 NOT NULL,
  placed int8,
  ns int NOT NULL,
  -- ~priority: rises where priority falls.
  rank int NOT NULL,
  -- Bytes of its input.
  size int NOT NULL,
  -- 1 a crash is behind it, 2 its first crash fails it, 4 it needs values.
  flags int2 NOT NULL DEFAULT 0,
  -- False for jobs that were given back.
  tail bool NOT NULL DEFAULT true,
  queue text COLLATE "C" NOT NULL,
  PRIMARY KEY (ns, queue, rank, tail, position)
) WITH (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
  autovacuum_vacuum_insert_threshold = -1
);

-- Jobs that are claimed.
CREATE TABLE @schema@.held (
  session int8 NOT NULL,
  job int8 NOT NULL,
  token int8 NOT NULL,
  claimed_at int8 NOT NULL,
  -- The call that claimed it: for a repeat of that. 0 once the session went on to another epoch.
  number int8 NOT NULL,
  lane int NOT NULL,
  ord int NOT NULL,
  ahead bool NOT NULL,
  suspect bool NOT NULL DEFAULT false,
  -- Why it is to stop, and how it ends then.
  canceling text,
  cancel_failure jsonb,
  PRIMARY KEY (session, job)
) WITH (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
  autovacuum_vacuum_insert_threshold = -1
);

-- Jobs that wait for others or for a time, in the order in which they were put there.
CREATE TABLE @schema@.parked (
  position int8 NOT NULL,
  job int8 NOT NULL,
  run_at int8,
  ns int NOT NULL,
  queue text COLLATE "C" NOT NULL,
  PRIMARY KEY (ns, queue, position)
);
CREATE INDEX parked_due ON @schema@.parked (ns, run_at, position) WHERE run_at IS NOT NULL;

-- What jobs wait for. A row goes when its edge is met or dropped.
CREATE TABLE @schema@.edge (
  key int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dependent int8 NOT NULL,
  target int8 NOT NULL,
  -- 0 value, 1 order, 2 forward.
  kind int2 NOT NULL,
  -- 0 fail, 1 pass, 2 wait.
  on_error int2 NOT NULL,
  -- Which argument a value fills.
  hole int NOT NULL DEFAULT -1
);
CREATE INDEX edge_target ON @schema@.edge (target, key);
CREATE INDEX edge_dependent ON @schema@.edge (dependent, key);

-- Results that more than their job needs: each is stored once.
CREATE TABLE @schema@.value (
  key int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ns int NOT NULL,
  series int NOT NULL,
  id text COLLATE "C" NOT NULL,
  text text,
  raw bytea
);
CREATE INDEX value_id ON @schema@.value (ns, id, series);

-- Arguments that are there: a value, or the failure that stands in its place.
CREATE TABLE @schema@.arg (
  job int8 NOT NULL,
  hole int NOT NULL,
  value int8,
  failure jsonb,
  PRIMARY KEY (job, hole)
);
CREATE INDEX arg_value ON @schema@.arg (value) WHERE value IS NOT NULL;

-- More sessions that wait for the outcome of a job.
CREATE TABLE @schema@.watcher (
  job int8 NOT NULL,
  session int8 NOT NULL,
  PRIMARY KEY (job, session)
);

-- Sessions that hear of what is appended to a job.
CREATE TABLE @schema@.follower (
  job int8 NOT NULL,
  session int8 NOT NULL,
  PRIMARY KEY (job, session)
);

-- What jobs wrote while they ran: the newest lines of each.
CREATE TABLE @schema@.journal (
  job int8 NOT NULL,
  number int8 NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (job, number)
);

-- Claims that were taken from a session, and that it was not told of yet.
CREATE TABLE @schema@.lost (
  key int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session int8 NOT NULL,
  token int8 NOT NULL,
  id text COLLATE "C" NOT NULL
);
CREATE INDEX lost_session ON @schema@.lost (session);

-- Consequences that are still to be drawn, oldest first.
CREATE TABLE @schema@.work (
  key int8 GENERATED ALWAYS AS IDENTITY,
  ns int NOT NULL,
  kind text NOT NULL,
  -- The job or session it is about.
  about int8,
  series int,
  -- A value that has to stay until this is done.
  value int8,
  -- Keys of edges: after the first, up to the second.
  after int8,
  upto int8,
  data jsonb,
  open int8[],
  seen int8[],
  PRIMARY KEY (ns, key)
);
CREATE INDEX work_value ON @schema@.work (value) WHERE value IS NOT NULL;

-- Queues that are being drained: what stands before this place is not handed out.
CREATE TABLE @schema@.drain (
  ns int NOT NULL,
  queue text COLLATE "C" NOT NULL,
  mark int8 NOT NULL,
  PRIMARY KEY (ns, queue)
);

-- Jobs whose result is kept for a time, by the minute in which that is over.
CREATE TABLE @schema@.expiring (
  ns int NOT NULL,
  at int8 NOT NULL,
  key int8 GENERATED ALWAYS AS IDENTITY,
  jobs int8[] NOT NULL,
  PRIMARY KEY (ns, at, key)
);

-- Ended jobs without a result, in the order in which they go.
CREATE TABLE @schema@.expendable (
  ns int NOT NULL,
  key int8 GENERATED ALWAYS AS IDENTITY,
  -- When they came here: a job that ended later is here again.
  at int8 NOT NULL,
  jobs int8[] NOT NULL,
  PRIMARY KEY (ns, key)
);

-- Changes of how many jobs of a queue are in each state: the counts are their sums. Sweeps fold them.
CREATE TABLE @schema@.tally (
  ns int NOT NULL,
  queue text COLLATE "C" NOT NULL,
  key int8 GENERATED ALWAYS AS IDENTITY,
  deferred int8 NOT NULL DEFAULT 0,
  scheduled int8 NOT NULL DEFAULT 0,
  enqueued int8 NOT NULL DEFAULT 0,
  processing int8 NOT NULL DEFAULT 0,
  success int8 NOT NULL DEFAULT 0,
  failed int8 NOT NULL DEFAULT 0,
  canceled int8 NOT NULL DEFAULT 0,
  PRIMARY KEY (ns, queue, key)
);
