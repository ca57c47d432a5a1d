-- Store the one job of a call, which waits for nothing and whose id is not to be taken, in few and small statements:
-- what stores many takes most of its time to begin. Returns null if it is stored, else the answers.
CREATE FUNCTION @schema@.enqueue_lone_v1(
  p_ns int, p_session int8, p_now int8, p_id text, p_task text, p_queue text, p_input text, p_raw bytea,
  p_priority int, p_delay float8, p_run_at float8, p_reply bool, p_options jsonb
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_priority int := coalesce(p_priority, 0);
  v_due int8 := ceil(coalesce(p_run_at, p_now + p_delay));
  v_is_due bool := coalesce(v_due <= p_now, true);
  v_job int8;
BEGIN
  WITH stored AS (
    INSERT INTO @schema@.job (key, created_at, run_at, reply, ns, state, priority, id, task, queue, input, input_raw,
      ignore_result, max_crashes, result_ttl, run, tags, meta)
    VALUES (nextval($name$@schema@.position$name$), p_now, v_due, CASE WHEN p_reply THEN p_session END, p_ns,
      CASE WHEN v_is_due THEN 2 ELSE 1 END, v_priority, p_id, p_task, p_queue, p_input, p_raw,
      coalesce((p_options ->> 'ignore')::bool, false), (p_options ->> 'maxCrashes')::int, (p_options ->> 'ttl')::float8,
      p_options ->> 'run', p_options ->> 'tags', p_options ->> 'meta')
    ON CONFLICT (ns, id) DO NOTHING RETURNING key
  ), lined AS (
    INSERT INTO @schema@.ready (position, job, ns, rank, size, flags, queue)
    SELECT key, key, p_ns, ~v_priority, coalesce(octet_length(p_input), octet_length(p_raw) - 1),
      CASE WHEN (p_options ->> 'maxCrashes')::int = 1 THEN 2 ELSE 0 END, p_queue
    FROM stored WHERE v_is_due
  )
  SELECT key INTO v_job FROM stored;
  IF v_job IS NULL THEN RETURN '[{"code": "duplicate"}]'; END IF;
  IF v_is_due THEN
    INSERT INTO @schema@.tally (ns, queue, enqueued) VALUES (p_ns, p_queue, 1);
    PERFORM @schema@.say_ready_v1(p_queue);
    RETURN NULL;
  END IF;
  INSERT INTO @schema@.parked (position, job, run_at, ns, queue) VALUES (v_job, v_job, v_due, p_ns, p_queue);
  INSERT INTO @schema@.tally (ns, queue, scheduled) VALUES (p_ns, p_queue, 1);
  PERFORM @schema@.say_due_v1(p_ns, v_due);
  RETURN NULL;
END $$;
