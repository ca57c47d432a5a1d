-- Store jobs. Items are given as arrays; what few have is in `p_options` (run, maxCrashes, ttl, ignore, tags, meta as
-- JSON, or null) and `p_relations` (edges, onDuplicate, reuse, parent); an array of which no item has anything may be
-- null. Names a call that it is to follow, or null, and the notification that tells of the first job (see
-- `tell_ready_v1`), or null. Answers {answers, news}: answers null if all are stored.
CREATE FUNCTION @schema@.enqueue_v1(
  p_ns int, p_session text, p_epoch int8, p_lane int, p_number int8,
  p_ids text[], p_tasks text[], p_queues text[], p_inputs text[], p_raws bytea[],
  p_priorities int[], p_delays float8[], p_run_ats float8[], p_replies bool[], p_options jsonb[], p_relations jsonb[],
  p_after_lane int, p_after_number int8, p_channel text, p_payload text
) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  a @schema@.admitted_v1 := @schema@.admit_v1(p_ns, p_session, p_epoch, p_lane, p_number);
  s @schema@.session := a.session;
  v_answers jsonb;
BEGIN
  IF a.is_repeat THEN
    RETURN '{"answers":' || coalesce(a.answers::text, 'null') || ',"news":[]}';
  END IF;
  IF p_after_number IS NOT NULL THEN PERFORM @schema@.check_turn_v1(a, p_after_lane, p_after_number); END IF;
  PERFORM @schema@.begin_news_v1();
  PERFORM @schema@.remember_v1(a, p_lane, p_number);
  v_answers := @schema@.enqueue_all_v1(p_ns, s.key, a.now, p_ids, p_tasks, p_queues, p_inputs, p_raws, p_priorities,
    p_delays, p_run_ats, p_replies, p_options, p_relations);
  IF v_answers IS NOT NULL THEN
    PERFORM @schema@.remember_answers_v1(s.key, p_lane, p_number, v_answers);
  END IF;
  RETURN '{"answers":' || coalesce(v_answers::text, 'null') || ',"news":'
    || @schema@.tell_ready_v1(@schema@.news_v1(), p_queues[1], p_channel, p_payload) || '}';
END $$;

CREATE FUNCTION @schema@.enqueue_all_v1(
  p_ns int, p_session int8, p_now int8,
  p_ids text[], p_tasks text[], p_queues text[], p_inputs text[], p_raws bytea[],
  p_priorities int[], p_delays float8[], p_run_ats float8[], p_replies bool[], p_options jsonb[], p_relations jsonb[]
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_count int := cardinality(p_ids);
  -- Null: stored.
  v_answers jsonb[] := array_fill(NULL::jsonb, ARRAY[v_count]);
  v_has_relations bool := p_relations IS NOT NULL;
  v_needs_graph bool;
  v_is_own bool;
  v_from int := 1;
  v_to int;
  v_taken int[];
BEGIN
  IF v_count = 1 AND NOT v_has_relations THEN
    RETURN @schema@.enqueue_lone_v1(p_ns, p_session, p_now, p_ids[1], p_tasks[1], p_queues[1], p_inputs[1], p_raws[1],
      p_priorities[1], p_delays[1], p_run_ats[1], p_replies[1], p_options[1]);
  END IF;
  IF v_has_relations THEN
    v_needs_graph := @schema@.needs_graph_v1(p_relations);
    v_is_own := v_needs_graph AND @schema@.is_own_graph_v1(p_relations);
    IF v_needs_graph AND NOT v_is_own THEN PERFORM @schema@.lock_graph_v1(p_ns); END IF;
    IF @schema@.enqueue_linked_v1(p_ns, p_session, p_now, p_ids, p_tasks, p_queues, p_inputs, p_raws, p_priorities,
        p_delays, p_run_ats, p_replies, p_options, p_relations) THEN
      PERFORM @schema@.work_off_if_any_v1(p_ns, p_now);
      RETURN NULL;
    END IF;
    -- Something is rarer than it looked.
    IF v_is_own THEN PERFORM @schema@.lock_graph_v1(p_ns); END IF;
  END IF;
  WHILE v_from <= v_count LOOP
    IF v_has_relations AND p_relations[v_from] IS NOT NULL THEN
      v_answers[v_from] := @schema@.enqueue_one_v1(p_ns, p_session, p_now, v_from, p_ids, v_answers,
        (p_ids[v_from], p_tasks[v_from], p_queues[v_from], p_inputs[v_from], p_raws[v_from], p_priorities[v_from],
          p_delays[v_from], p_run_ats[v_from], p_replies[v_from], p_options[v_from], p_relations[v_from]));
      v_from := v_from + 1;
      CONTINUE;
    END IF;
    v_to := v_count;
    IF v_has_relations THEN
      v_to := v_from;
      WHILE v_to < v_count AND p_relations[v_to + 1] IS NULL LOOP v_to := v_to + 1; END LOOP;
    END IF;
    v_taken := @schema@.enqueue_plain_v1(p_ns, p_session, p_now, p_ids[v_from:v_to], p_tasks[v_from:v_to],
      p_queues[v_from:v_to], p_inputs[v_from:v_to], p_raws[v_from:v_to], p_priorities[v_from:v_to],
      p_delays[v_from:v_to], p_run_ats[v_from:v_to], p_replies[v_from:v_to], p_options[v_from:v_to]);
    FOR i IN 1..coalesce(cardinality(v_taken), 0) LOOP
      v_answers[v_from + v_taken[i] - 1] := '{"code": "duplicate"}';
    END LOOP;
    v_from := v_to + 1;
  END LOOP;
  IF v_has_relations THEN PERFORM @schema@.work_off_if_any_v1(p_ns, p_now); END IF;
  IF array_remove(v_answers, NULL) = '{}' THEN RETURN NULL; END IF;
  RETURN to_jsonb(v_answers);
END $$;

-- Whether an item of a call may change what waits for what.
CREATE FUNCTION @schema@.needs_graph_v1(p_relations jsonb[]) RETURNS bool LANGUAGE sql IMMUTABLE AS $$
  SELECT EXISTS (
    SELECT FROM unnest(p_relations) AS r
    WHERE r ? 'edges' OR r ->> 'onDuplicate' = 'replace' OR r ? 'reuse'
  )
$$;

-- Whether new jobs of a call wait for nothing but others of it: nobody knows of these before the commit, nor of one
-- without the others, so that no lock is needed to link them.
CREATE FUNCTION @schema@.is_own_graph_v1(p_relations jsonb[]) RETURNS bool LANGUAGE sql IMMUTABLE AS $$
  SELECT NOT EXISTS (
    SELECT FROM unnest(p_relations) AS r
    WHERE r ->> 'onDuplicate' <> 'reject' OR r ? 'reuse'
      OR EXISTS (SELECT FROM jsonb_array_elements(r -> 'edges') AS e WHERE jsonb_typeof(e -> 1) <> 'number')
  )
$$;

-- Store jobs that wait for nothing and whose ids are not to be taken. Returns the indices, from 1, of those that are.
CREATE FUNCTION @schema@.enqueue_plain_v1(
  p_ns int, p_session int8, p_now int8,
  p_ids text[], p_tasks text[], p_queues text[], p_inputs text[], p_raws bytea[],
  p_priorities int[], p_delays float8[], p_run_ats float8[], p_replies bool[], p_options jsonb[]
) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
  v_free int[];
BEGIN
  -- Most ids are free: to insert and see costs less than to look first, or to insert what may conflict.
  PERFORM @schema@.insert_jobs_v1(p_ns, p_session, p_now, p_ids, p_tasks, p_queues, p_inputs, p_raws, p_priorities,
    p_delays, p_run_ats, p_replies, p_options, NULL, NULL, NULL, NULL, NULL);
  RETURN NULL;
EXCEPTION WHEN unique_violation THEN
  SELECT array_agg(first ORDER BY first) INTO v_free FROM (
    SELECT min(ord) AS first FROM unnest(p_ids) WITH ORDINALITY AS u(id, ord)
    WHERE NOT EXISTS (SELECT FROM @schema@.job WHERE ns = p_ns AND job.id = u.id) GROUP BY id
  ) AS each;
  PERFORM @schema@.insert_free_v1(p_ns, p_session, p_now, p_ids, p_tasks, p_queues, p_inputs, p_raws, p_priorities,
    p_delays, p_run_ats, p_replies, p_options, coalesce(v_free, '{}'));
  RETURN ARRAY(
    SELECT ord FROM generate_series(1, cardinality(p_ids)) AS ord WHERE NOT ord = ANY (coalesce(v_free, '{}')) ORDER BY ord
  );
END $$;

-- Store those whose ids were free a moment ago.
CREATE FUNCTION @schema@.insert_free_v1(
  p_ns int, p_session int8, p_now int8,
  p_ids text[], p_tasks text[], p_queues text[], p_inputs text[], p_raws bytea[],
  p_priorities int[], p_delays float8[], p_run_ats float8[], p_replies bool[], p_options jsonb[], p_free int[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM @schema@.insert_jobs_v1(p_ns, p_session, p_now, p_ids, p_tasks, p_queues, p_inputs, p_raws, p_priorities,
    p_delays, p_run_ats, p_replies, p_options, p_free, NULL, NULL, NULL, NULL);
EXCEPTION WHEN unique_violation THEN
  RAISE EXCEPTION 'an id was taken meanwhile' USING ERRCODE = '40001';
END $$;

-- Store jobs in order, where they belong: all, or those of some indices. `p_keys`: their keys, if they are given out.
-- Null, or for each job how many others it waits for, how many arguments those fill (null for none), and the job that
-- made it.
CREATE FUNCTION @schema@.insert_jobs_v1(
  p_ns int, p_session int8, p_now int8,
  p_ids text[], p_tasks text[], p_queues text[], p_inputs text[], p_raws bytea[],
  p_priorities int[], p_delays float8[], p_run_ats float8[], p_replies bool[], p_options jsonb[], p_some int[],
  p_keys int8[], p_unmet int[], p_holes int[], p_parents text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_due int8;
  v_queue text;
  v_queues text[];
BEGIN
  WITH item AS (
    SELECT u.*, ceil(coalesce(u.run_at, p_now + u.delay)) AS due
    FROM unnest(p_ids, p_tasks, p_queues, p_inputs, p_raws, p_priorities, p_delays, p_run_ats, p_replies, p_options,
        p_keys, p_unmet, p_holes, p_parents)
      WITH ORDINALITY AS u(id, task, queue, input, raw, priority, delay, run_at, reply, options, key, unmet, holes, parent, ord)
    WHERE p_some IS NULL OR u.ord = ANY (p_some)
    ORDER BY u.ord
  ), stored AS (
    INSERT INTO @schema@.job (key, created_at, run_at, reply, ns, state, priority, id, task, queue, input, input_raw,
      ignore_result, max_crashes, result_ttl, run, tags, meta, holes, parent)
    SELECT coalesce(key, nextval($name$@schema@.position$name$)), p_now, due, CASE WHEN reply THEN p_session END, p_ns,
      CASE WHEN unmet > 0 THEN 0 WHEN due > p_now THEN 1 ELSE 2 END, coalesce(priority, 0), id, task, queue, input, raw,
      coalesce((options ->> 'ignore')::bool, false), (options ->> 'maxCrashes')::int, (options ->> 'ttl')::float8,
      options ->> 'run', options ->> 'tags', options ->> 'meta', holes, parent
    FROM item
    RETURNING key, ns, priority, queue, state, run_at, max_crashes,
      coalesce(octet_length(input), octet_length(input_raw) - 1) AS size
  ), lined AS (
    INSERT INTO @schema@.ready (position, job, ns, rank, size, flags, queue)
    SELECT key, key, ns, ~priority, size, CASE WHEN max_crashes = 1 THEN 2 ELSE 0 END, queue
    FROM stored WHERE state = 2
  ), parked AS (
    INSERT INTO @schema@.parked (position, job, run_at, ns, queue)
    SELECT key, key, CASE state WHEN 1 THEN run_at END, ns, queue FROM stored WHERE state < 2
  ), counted AS (
    INSERT INTO @schema@.tally (ns, queue, deferred, scheduled, enqueued)
    SELECT ns, queue, count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state = 2)
    FROM stored GROUP BY ns, queue
  )
  SELECT min(run_at) FILTER (WHERE state = 1), array_agg(DISTINCT queue) FILTER (WHERE state = 2)
  INTO v_due, v_queues FROM stored;
  FOREACH v_queue IN ARRAY coalesce(v_queues, '{}') LOOP PERFORM @schema@.say_ready_v1(v_queue); END LOOP;
  IF v_due IS NOT NULL THEN PERFORM @schema@.say_due_v1(p_ns, v_due); END IF;
END $$;
