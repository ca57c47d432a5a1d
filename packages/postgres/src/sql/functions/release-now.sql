-- Successes whose consequences are few and plain, drawn at once in a few statements about all of them. The caller has
-- the lock of the graph.

-- Let jobs succeed and hand their results on, unless something is to be done first, a queue is being drained, more jobs
-- wait than one call hands on, or one waits for the outcome: then nothing is done, and false returned.
CREATE FUNCTION @schema@.succeed_and_release_v1(
  s @schema@.session, p_now int8, p_ids text[], p_keys int8[], p_serieses int[], p_claims tid[], p_texts text[],
  p_raws bytea[], p_ttls float8[]
) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
  m @schema@.met_edges_v1;
  v_values int8[];
BEGIN
  IF EXISTS (SELECT FROM @schema@.work WHERE ns = s.ns) OR EXISTS (SELECT FROM @schema@.drain WHERE ns = s.ns) THEN
    RETURN false;
  END IF;
  m := @schema@.edges_to_v1(p_keys);
  IF m.is_rare THEN RETURN false; END IF;
  v_values := @schema@.share_results_v1(s.ns, p_ids, p_serieses, p_texts, p_raws, m.takes);
  PERFORM @schema@.succeed_plain_v1(s, p_now, 0, p_keys, p_claims, p_texts, p_raws, p_ttls, v_values);
  PERFORM @schema@.drop_all_args_v1(p_keys);
  IF m.keys IS NULL THEN RETURN true; END IF;
  INSERT INTO @schema@.arg (job, hole, value)
  SELECT e.dependent, e.hole, v_values[e.item] FROM unnest(m.dependents, m.holes, m.items) AS e(dependent, hole, item)
  WHERE e.hole >= 0;
  DELETE FROM @schema@.edge WHERE key = ANY (m.keys);
  PERFORM @schema@.free_all_v1(s.ns, p_now, @schema@.without_edges_v1(m.dependents));
  RETURN true;
END $$;

-- The edges to jobs, in the order in which they are met.
CREATE FUNCTION @schema@.edges_to_v1(p_keys int8[]) RETURNS @schema@.met_edges_v1 LANGUAGE plpgsql AS $$
DECLARE
  m @schema@.met_edges_v1;
BEGIN
  SELECT array_agg(e.key ORDER BY e.item, e.key), array_agg(e.dependent ORDER BY e.item, e.key),
    array_agg(e.hole ORDER BY e.item, e.key), array_agg(e.item ORDER BY e.item, e.key),
    count(*) > 256 OR coalesce(max(e.kind), 0) = 2
  INTO m.keys, m.dependents, m.holes, m.items, m.is_rare
  FROM (
    SELECT e.key, e.dependent, e.kind, CASE e.kind WHEN 0 THEN e.hole ELSE -1 END AS hole, u.item::int AS item
    FROM unnest(p_keys) WITH ORDINALITY AS u(key, item)
    JOIN LATERAL (SELECT * FROM @schema@.edge WHERE target = u.key OFFSET 0) AS e ON true
    LIMIT 257
  ) AS e;
  m.takes := ARRAY(SELECT DISTINCT item FROM unnest(m.items, m.holes) AS e(item, hole) WHERE e.hole >= 0);
  RETURN m;
END $$;

-- Store results that others take as arguments where they can have them: those of some items. Returns the keys, by item.
CREATE FUNCTION @schema@.share_results_v1(
  p_ns int, p_ids text[], p_serieses int[], p_texts text[], p_raws bytea[], p_items int[]
) RETURNS int8[] LANGUAGE plpgsql AS $$
DECLARE
  v_values int8[];
BEGIN
  IF p_items = '{}' THEN RETURN NULL; END IF;
  WITH stored AS (
    INSERT INTO @schema@.value (ns, id, series, text, raw)
    SELECT p_ns, p_ids[item], p_serieses[item], p_texts[item], p_raws[item] FROM unnest(p_items) AS item ORDER BY item
    RETURNING key, id
  )
  SELECT array_agg(stored.key ORDER BY u.ord) INTO v_values
  FROM unnest(p_ids) WITH ORDINALITY AS u(id, ord) LEFT JOIN stored ON stored.id = u.id;
  RETURN v_values;
END $$;

-- Those of some jobs that wait for nothing any more, each once, in the order of the edge that was met last.
CREATE FUNCTION @schema@.without_edges_v1(p_dependents int8[]) RETURNS int8[] LANGUAGE plpgsql AS $$
BEGIN
  RETURN ARRAY(
    SELECT d.key FROM (SELECT key, max(ord) AS ord FROM unnest(p_dependents) WITH ORDINALITY AS u(key, ord) GROUP BY key) AS d
    WHERE (SELECT 1 FROM @schema@.edge WHERE dependent = d.key LIMIT 1) IS NULL ORDER BY d.ord
  );
END $$;

-- Deferred jobs wait for nothing any more: each goes where it belongs now, in this order.
CREATE FUNCTION @schema@.free_all_v1(p_ns int, p_now int8, p_jobs int8[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_parked tid[];
  v_queue text;
  v_queues text[];
  v_due int8;
BEGIN
  IF p_jobs = '{}' THEN RETURN; END IF;
  SELECT array_agg(p.place) INTO v_parked
  FROM unnest(p_jobs) AS u(key)
  JOIN LATERAL (SELECT queue, coalesce(position, key) AS place FROM @schema@.job WHERE key = u.key OFFSET 0) AS j ON true
  JOIN LATERAL (
    SELECT ctid AS place FROM @schema@.parked WHERE ns = p_ns AND queue = j.queue AND position = j.place OFFSET 0
  ) AS p ON true;
  DELETE FROM @schema@.parked WHERE ctid = ANY (v_parked);
  WITH freed AS MATERIALIZED (
    SELECT key, nextval($name$@schema@.position$name$) AS place
    FROM (SELECT u.key FROM unnest(p_jobs) WITH ORDINALITY AS u(key, ord) ORDER BY u.ord) AS in_order
  ), moved AS (
    UPDATE @schema@.job j SET
      state = CASE WHEN j.run_at > p_now THEN 1 ELSE 2 END, position = f.place, placed = NULL,
      history = @schema@.noted_v1(j, 'released', p_now, NULL)
    FROM freed f WHERE j.key = f.key
    RETURNING j.key, j.position, j.run_at, j.state, j.priority, j.queue, @schema@.flags_v1(j) AS flags,
      coalesce(octet_length(j.input), octet_length(j.input_raw) - 1) AS size
  ), lined AS (
    INSERT INTO @schema@.ready (position, job, ns, rank, size, flags, queue)
    SELECT position, key, p_ns, ~priority, size, flags, queue FROM moved WHERE state = 2
  ), parked AS (
    INSERT INTO @schema@.parked (position, job, run_at, ns, queue)
    SELECT position, key, run_at, p_ns, queue FROM moved WHERE state = 1
  ), counted AS (
    INSERT INTO @schema@.tally (ns, queue, deferred, scheduled, enqueued)
    SELECT p_ns, queue, -count(*), count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state = 2)
    FROM moved GROUP BY queue
  )
  SELECT min(run_at) FILTER (WHERE state = 1), array_agg(DISTINCT queue) FILTER (WHERE state = 2)
  INTO v_due, v_queues FROM moved;
  FOREACH v_queue IN ARRAY coalesce(v_queues, '{}') LOOP PERFORM @schema@.say_ready_v1(v_queue); END LOOP;
  IF v_due IS NOT NULL THEN PERFORM @schema@.say_due_v1(p_ns, v_due); END IF;
END $$;
