-- Cancel all that waits in a queue, in steps; none of it is handed out from now on. Answers how many that is.
CREATE FUNCTION @schema@.drain_v1(p_ns int, p_queue text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_count int8 := (
    SELECT coalesce(sum(deferred) + sum(scheduled) + sum(enqueued), 0) FROM @schema@.tally
    WHERE ns = p_ns AND queue = p_queue AND key >= coalesce((SELECT key FROM @schema@.tally_mark WHERE ns = p_ns), 0)
  );
BEGIN
  IF v_count = 0 THEN RETURN @schema@.done_v1(0); END IF;
  INSERT INTO @schema@.drain (ns, queue, mark) VALUES (p_ns, p_queue, nextval($name$@schema@.position$name$))
  ON CONFLICT (ns, queue) DO UPDATE SET mark = excluded.mark;
  INSERT INTO @schema@.work (ns, kind, data) VALUES (p_ns, 'drain', jsonb_build_object('queue', p_queue));
  RETURN @schema@.done_v1(v_count);
END $$;

-- Cancel jobs of a queue that were placed before it was drained: first those that wait for something.
CREATE FUNCTION @schema@.drain_some_v1(w @schema@.work, p_budget int, p_now int8) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_queue text := w.data ->> 'queue';
  v_mark int8 := (SELECT mark FROM @schema@.drain WHERE ns = w.ns AND queue = v_queue);
  v_jobs int8[];
  v_job int8;
  v_plain int8[];
  v_parked tid[];
  v_lined tid[];
  v_steps int := 0;
BEGIN
  SELECT array_agg(p.job), array_agg(p.row) INTO v_jobs, v_parked FROM (
    SELECT job, ctid AS row FROM @schema@.parked WHERE ns = w.ns AND queue = v_queue AND position < v_mark
    ORDER BY position LIMIT p_budget FOR UPDATE
  ) AS p;
  v_jobs := coalesce(v_jobs, '{}');
  SELECT v_jobs || array_agg(r.job), array_agg(r.row) INTO v_jobs, v_lined FROM (
    SELECT job, ctid AS row FROM @schema@.ready WHERE ns = w.ns AND queue = v_queue AND coalesce(placed, position) < v_mark
    ORDER BY rank, tail, position LIMIT p_budget - cardinality(v_jobs) FOR UPDATE
  ) AS r;
  v_steps := cardinality(v_jobs);
  v_plain := @schema@.cancel_plain_v1(w.ns, v_queue, v_jobs, v_parked, v_lined, p_now);
  FOREACH v_job IN ARRAY v_jobs LOOP
    CONTINUE WHEN v_job = ANY (v_plain);
    PERFORM @schema@.drain_one_v1(v_job, v_mark, p_now);
  END LOOP;
  IF v_steps < p_budget THEN DELETE FROM @schema@.drain WHERE ns = w.ns AND queue = v_queue AND mark = v_mark; END IF;
  RETURN v_steps;
END $$;

-- Cancel those of some waiting jobs that nobody waits for, and that wait for nobody, all at once. Returns which.
CREATE FUNCTION @schema@.cancel_plain_v1(
  p_ns int, p_queue text, p_jobs int8[], p_parked tid[], p_lined tid[], p_now int8
) RETURNS int8[] LANGUAGE plpgsql AS $$
DECLARE
  v_plain int8[];
  v_moved int;
BEGIN
  PERFORM FROM @schema@.job WHERE key = ANY (p_jobs) ORDER BY key FOR UPDATE;
  v_plain := ARRAY(
    SELECT j.key FROM unnest(p_jobs) WITH ORDINALITY AS u(key, ord) JOIN @schema@.job j ON j.key = u.key
    WHERE j.state BETWEEN 1 AND 2 AND NOT j.watched AND j.reply IS NULL AND j.holes IS NULL AND j.history IS NULL
      AND NOT EXISTS (SELECT FROM @schema@.edge WHERE target = j.key)
    ORDER BY u.ord
  );
  IF v_plain = '{}' THEN RETURN v_plain; END IF;
  WITH unparked AS (
    DELETE FROM @schema@.parked WHERE ctid = ANY (p_parked) AND job = ANY (v_plain) RETURNING 1
  ), unlined AS (
    DELETE FROM @schema@.ready WHERE ctid = ANY (p_lined) AND job = ANY (v_plain) RETURNING 1
  )
  SELECT (SELECT count(*) FROM unparked) + (SELECT count(*) FROM unlined) INTO v_moved;
  IF v_moved < cardinality(v_plain) THEN RAISE EXCEPTION 'a job is being moved' USING ERRCODE = '40001'; END IF;
  INSERT INTO @schema@.tally (ns, queue, scheduled, enqueued, canceled)
  SELECT p_ns, p_queue, -count(*) FILTER (WHERE state = 1), -count(*) FILTER (WHERE state = 2), count(*)
  FROM @schema@.job WHERE key = ANY (v_plain);
  UPDATE @schema@.job j SET state = 6, ended_at = p_now, kind = 'canceled', failure = @schema@.drained_failure_v1(j)
  WHERE key = ANY (v_plain);
  INSERT INTO @schema@.expendable (ns, at, jobs) VALUES (p_ns, p_now, v_plain);
  PERFORM @schema@.say_due_v1(p_ns, p_now + 604800000);
  RETURN v_plain;
END $$;

CREATE FUNCTION @schema@.drain_one_v1(p_job int8, p_mark int8, p_now int8) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
BEGIN
  SELECT * INTO j FROM @schema@.job WHERE key = p_job FOR UPDATE;
  IF j.state > 2 OR coalesce(j.placed, j.position, j.key) >= p_mark THEN RETURN; END IF;
  PERFORM @schema@.cancel_v1(j, @schema@.drained_failure_v1(j), p_now);
END $$;
