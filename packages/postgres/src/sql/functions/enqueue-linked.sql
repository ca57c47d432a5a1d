-- Store all jobs of a call at once, those too that wait for others which have not ended. Whatever is rarer is stored
-- one by one: then nothing is done here, and false returned. The caller has the lock of the graph if there are edges to
-- jobs of other calls.
CREATE FUNCTION @schema@.enqueue_linked_v1(
  p_ns int, p_session int8, p_now int8,
  p_ids text[], p_tasks text[], p_queues text[], p_inputs text[], p_raws bytea[],
  p_priorities int[], p_delays float8[], p_run_ats float8[], p_replies bool[], p_options jsonb[], p_relations jsonb[]
) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
  v_keys int8[];
  v_parents text[];
  l @schema@.links_v1;
BEGIN
  IF EXISTS (SELECT FROM unnest(p_relations) AS r WHERE r ? 'reuse' OR r ->> 'onDuplicate' <> 'reject') THEN
    RETURN false;
  END IF;
  v_parents := ARRAY(SELECT r #>> '{parent,0}' FROM unnest(p_relations) WITH ORDINALITY AS u(r, ord) ORDER BY ord);
  IF NOT @schema@.are_claimed_v1(p_ns, p_relations) THEN RETURN false; END IF;
  -- Places are drawn by whoever has the lock of `ready`: see low-marks.sql.
  LOCK TABLE @schema@.ready IN ROW EXCLUSIVE MODE;
  v_keys := ARRAY(SELECT nextval($name$@schema@.position$name$) FROM generate_series(1, cardinality(p_ids)));
  l := @schema@.find_links_v1(p_ns, v_keys, p_options, p_relations);
  IF l IS NULL THEN RETURN false; END IF;
  PERFORM @schema@.insert_jobs_v1(p_ns, p_session, p_now, p_ids, p_tasks, p_queues, p_inputs, p_raws, p_priorities,
    p_delays, p_run_ats, p_replies, p_options, NULL, v_keys, l.unmet, l.holes, v_parents);
  INSERT INTO @schema@.edge (dependent, target, kind, on_error, hole)
  SELECT u.dependent, u.target, u.kind, u.on_error, u.hole
  FROM unnest(l.dependents, l.targets, l.kinds, l.on_errors, l.hole_of)
    WITH ORDINALITY AS u(dependent, target, kind, on_error, hole, ord)
  ORDER BY u.ord;
  RETURN true;
EXCEPTION WHEN unique_violation THEN
  RETURN false;
END $$;

-- Whether the jobs that make these are claimed by whoever says so.
CREATE FUNCTION @schema@.are_claimed_v1(p_ns int, p_relations jsonb[]) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  RETURN NOT EXISTS (
    SELECT FROM (SELECT DISTINCT r -> 'parent' AS parent FROM unnest(p_relations) AS r WHERE r ? 'parent') AS each
    WHERE NOT @schema@.is_claimed_with_v1(p_ns, parent ->> 0, (parent ->> 1)::int8)
  );
END $$;

-- The edges of a call's jobs, if each is to an earlier job of the call or one that has not ended, and whose result it
-- may take; else null. Jobs that have not ended stay so until the call is over.
CREATE FUNCTION @schema@.find_links_v1(p_ns int, p_keys int8[], p_options jsonb[], p_relations jsonb[])
RETURNS @schema@.links_v1 LANGUAGE plpgsql AS $$
DECLARE
  l @schema@.links_v1;
  v_at int[];
  v_items int[];
  v_ids text[];
  v_known text[];
  v_known_keys int8[];
  v_ignored text[];
  v_is_rare bool;
BEGIN
  SELECT array_agg(e.at ORDER BY e.ord), array_agg(e.item ORDER BY e.ord), array_agg(e.id ORDER BY e.ord),
    array_agg(e.kind ORDER BY e.ord), array_agg(e.on_error ORDER BY e.ord)
  INTO v_at, v_items, v_ids, l.kinds, l.on_errors
  FROM (
    SELECT r.ord::int AS at, row_number() OVER (ORDER BY r.ord, x.ord) AS ord, (x.edge ->> 0)::int2 AS kind,
      (x.edge ->> 2)::int2 AS on_error, x.edge ->> 1 AS id,
      CASE WHEN jsonb_typeof(x.edge -> 1) = 'number' THEN (x.edge ->> 1)::int + 1 END AS item
    FROM unnest(p_relations) WITH ORDINALITY AS r(value, ord),
      jsonb_array_elements(r.value -> 'edges') WITH ORDINALITY AS x(edge, ord)
  ) AS e;
  IF array_position(v_items, NULL) IS NOT NULL THEN
    SELECT array_agg(t.id), array_agg(t.key), array_agg(t.id) FILTER (WHERE t.ignore_result)
    INTO v_known, v_known_keys, v_ignored
    FROM (
      SELECT id, key, ignore_result FROM @schema@.job
      WHERE ns = p_ns AND state < 4
        AND id = ANY (ARRAY(SELECT DISTINCT u.id FROM unnest(v_ids, v_items) AS u(id, item) WHERE u.item IS NULL))
      ORDER BY key FOR SHARE
    ) AS t;
  END IF;
  SELECT array_agg(p_keys[e.at] ORDER BY e.ord), array_agg(e.target ORDER BY e.ord),
    array_agg(CASE WHEN e.kind = 0 THEN e.nth - 1 ELSE -1 END ORDER BY e.ord),
    bool_or(e.target IS NULL OR e.item >= e.at OR e.kind = 0 AND (
      e.id = ANY (v_ignored) AND e.item IS NULL OR (p_options[e.item] ->> 'ignore')::bool
    ))
  INTO l.dependents, l.targets, l.hole_of, v_is_rare
  FROM (
    SELECT u.*, row_number() OVER (PARTITION BY u.at, u.kind ORDER BY u.ord)::int AS nth,
      CASE WHEN u.item IS NULL THEN k.key ELSE p_keys[u.item] END AS target
    FROM unnest(v_at, v_items, v_ids, l.kinds) WITH ORDINALITY AS u(at, item, id, kind, ord)
    LEFT JOIN unnest(v_known, v_known_keys) AS k(id, key) ON k.id = u.id AND u.item IS NULL
  ) AS e;
  IF v_is_rare THEN RETURN NULL; END IF;
  SELECT array_agg(c.unmet ORDER BY i.ord), array_agg(c.holes ORDER BY i.ord) INTO l.unmet, l.holes
  FROM generate_series(1, cardinality(p_keys)) AS i(ord)
  LEFT JOIN (
    SELECT u.at, count(*)::int AS unmet, nullif(count(*) FILTER (WHERE u.kind = 0), 0)::int AS holes
    FROM unnest(v_at, l.kinds) AS u(at, kind) GROUP BY u.at
  ) AS c ON c.at = i.ord;
  RETURN l;
END $$;
