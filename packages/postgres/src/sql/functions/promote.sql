-- Let jobs whose time has come be ready, in the order of their times. Returns how many there were. The caller has the
-- lock of the graph, without which nobody takes a job from where it waits.
CREATE FUNCTION @schema@.promote_v1(p_ns int, p_now int8, p_budget int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_jobs int8[];
  v_rows tid[];
BEGIN
  SELECT array_agg(job ORDER BY run_at, position), array_agg(place) INTO v_jobs, v_rows FROM (
    SELECT job, run_at, position, ctid AS place FROM @schema@.parked
    WHERE ns = p_ns AND run_at <= p_now ORDER BY run_at, position LIMIT p_budget
  ) AS due;
  IF v_jobs IS NULL THEN RETURN 0; END IF;
  PERFORM @schema@.enlist_due_v1(p_ns, p_now, @schema@.without_drained_v1(p_ns, p_now, v_jobs), v_rows);
  RETURN cardinality(v_jobs);
END $$;

-- Cancel those of some jobs that a drain of their queue has come for. Returns the others, in their order.
CREATE FUNCTION @schema@.without_drained_v1(p_ns int, p_now int8, p_jobs int8[]) RETURNS int8[] LANGUAGE plpgsql AS $$
DECLARE
  v_job int8;
  v_others int8[] := '{}';
  j @schema@.job;
BEGIN
  IF NOT EXISTS (SELECT FROM @schema@.drain WHERE ns = p_ns) THEN RETURN p_jobs; END IF;
  FOREACH v_job IN ARRAY p_jobs LOOP
    SELECT * INTO j FROM @schema@.job WHERE key = v_job FOR UPDATE;
    IF @schema@.is_drained_v1(j) THEN
      PERFORM @schema@.cancel_v1(j, @schema@.drained_failure_v1(j), p_now);
    ELSE
      v_others := array_append(v_others, v_job);
    END IF;
  END LOOP;
  RETURN v_others;
END $$;

-- Move jobs from where they wait to the tails of their lines.
CREATE FUNCTION @schema@.enlist_due_v1(p_ns int, p_now int8, p_jobs int8[], p_rows tid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_queue text;
  v_queues text[];
BEGIN
  DELETE FROM @schema@.parked WHERE ctid = ANY (p_rows);
  WITH placed AS MATERIALIZED (
    SELECT key, nextval($name$@schema@.position$name$) AS place
    FROM (SELECT u.key FROM unnest(p_jobs) WITH ORDINALITY AS u(key, ord) ORDER BY u.ord) AS in_order
  ), moved AS (
    UPDATE @schema@.job j SET
      state = 2, position = p.place, placed = NULL, history = @schema@.noted_v1(j, 'due', p_now, NULL)
    FROM placed p WHERE j.key = p.key
    RETURNING j.key, j.position, j.priority, j.queue, @schema@.flags_v1(j) AS flags,
      coalesce(octet_length(j.input), octet_length(j.input_raw) - 1) AS size
  ), lined AS (
    INSERT INTO @schema@.ready (position, job, ns, rank, size, flags, queue)
    SELECT position, key, p_ns, ~priority, size, flags, queue FROM moved
  ), counted AS (
    INSERT INTO @schema@.tally (ns, queue, scheduled, enqueued)
    SELECT p_ns, queue, -count(*), count(*) FROM moved GROUP BY queue
  )
  SELECT array_agg(DISTINCT queue) INTO v_queues FROM moved;
  FOREACH v_queue IN ARRAY coalesce(v_queues, '{}') LOOP PERFORM @schema@.say_ready_v1(v_queue); END LOOP;
END $$;
