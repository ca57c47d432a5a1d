-- Store one job, with all that it may want. Returns null if it is stored, else the answer.
CREATE FUNCTION @schema@.enqueue_one_v1(
  p_ns int, p_session int8, p_now int8, p_index int, p_ids text[], p_answers jsonb[], i @schema@.item_v1
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
  v_answer jsonb;
BEGIN
  IF i.relations ? 'parent' AND NOT @schema@.is_claimed_with_v1(p_ns, i.relations #>> '{parent,0}',
      (i.relations #>> '{parent,1}')::int8) THEN
    RETURN jsonb_build_object('code', 'lease-lost', 'about', i.relations #>> '{parent,0}');
  END IF;
  SELECT * INTO j FROM @schema@.job WHERE ns = p_ns AND id = i.id FOR UPDATE;
  IF (i.relations ->> 'onDuplicate' = 'replace' OR i.relations ? 'reuse') AND @schema@.completed_v1(j, p_now) THEN
    SELECT * INTO j FROM @schema@.job WHERE ns = p_ns AND id = i.id;
  END IF;
  v_answer := @schema@.settle_in_v1(p_ns, p_now, p_index, p_ids, p_answers, i, j);
  IF v_answer IS NOT NULL AND v_answer <> '"existing"' THEN RETURN v_answer; END IF;
  IF i.reply THEN PERFORM @schema@.reply_to_v1(p_ns, i.id, p_session, p_now); END IF;
  RETURN v_answer;
END $$;

CREATE FUNCTION @schema@.settle_in_v1(
  p_ns int, p_now int8, p_index int, p_ids text[], p_answers jsonb[], i @schema@.item_v1, j @schema@.job
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_reuses bool := j.key IS NOT NULL AND i.relations ? 'reuse' AND j.state > 3;
  v_found @schema@.found_edge_v1[];
  v_refusal jsonb;
BEGIN
  IF j.key IS NOT NULL AND NOT v_reuses AND i.relations ->> 'onDuplicate' IS DISTINCT FROM 'replace' THEN
    RETURN CASE WHEN i.relations ->> 'onDuplicate' = 'return' AND j.task = i.task THEN '"existing"'::jsonb
      ELSE '{"code": "duplicate"}' END;
  END IF;
  IF i.relations ? 'edges' THEN
    SELECT f.edges, f.refusal INTO v_found, v_refusal
    FROM @schema@.find_edges_v1(p_ns, p_now, i.id, i.relations -> 'edges', p_index, p_ids, p_answers) AS f;
    IF v_refusal IS NOT NULL THEN RETURN v_refusal; END IF;
  END IF;
  IF j.key IS NULL THEN RETURN @schema@.add_v1(p_ns, p_now, i, v_found); END IF;
  RETURN @schema@.restart_v1(j, i, v_found, v_reuses, p_now);
END $$;

-- A job that is new, with its edges and the state that follows from them. Null, or that somebody had its id first.
CREATE FUNCTION @schema@.add_v1(p_ns int, p_now int8, i @schema@.item_v1, p_found @schema@.found_edge_v1[])
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
BEGIN
  INSERT INTO @schema@.job (key, created_at, run_at, ns, state, priority, id, task, queue, input, input_raw,
    ignore_result, max_crashes, result_ttl, run, tags, meta, parent)
  VALUES (nextval($name$@schema@.position$name$), p_now, ceil(coalesce(i.run_at, p_now + i.delay)), p_ns, 2,
    coalesce(i.priority, 0), i.id, i.task, i.queue, i.input, i.raw,
    coalesce((i.options ->> 'ignore')::bool, false), (i.options ->> 'maxCrashes')::int, (i.options ->> 'ttl')::float8,
    i.options ->> 'run', i.options ->> 'tags', i.options ->> 'meta', i.relations #>> '{parent,0}')
  ON CONFLICT (ns, id) DO NOTHING RETURNING * INTO j;
  IF j.key IS NULL THEN RAISE EXCEPTION 'the id was taken meanwhile' USING ERRCODE = '40001'; END IF;
  PERFORM @schema@.start_v1(j, p_found, NULL, p_now);
  RETURN NULL;
END $$;

-- Give a job that stands nowhere its edges, and the state that follows from them; `p_from` is the state it is counted
-- in.
CREATE FUNCTION @schema@.start_v1(j @schema@.job, p_found @schema@.found_edge_v1[], p_from int, p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_failure jsonb;
BEGIN
  SELECT l.failure, l.holes INTO v_failure, j.holes FROM @schema@.link_edges_v1(j, p_found, 0) AS l;
  IF v_failure IS NULL AND EXISTS (SELECT FROM @schema@.edge WHERE dependent = j.key) THEN
    j := @schema@.park_v1(j, 0);
  ELSIF v_failure IS NULL THEN
    j := @schema@.make_ready_v1(j, p_now);
  ELSE
    -- It stands in line for as long as it takes to fail.
    j := @schema@.park_v1(j, 0);
  END IF;
  PERFORM @schema@.count_v1(j.ns, j.queue, p_from, j.state);
  PERFORM @schema@.save_v1(j);
  IF v_failure IS NOT NULL THEN PERFORM @schema@.fail_v1(j, v_failure, 'dependency-failed', p_now); END IF;
END $$;

-- The calling session waits for the outcome: of a job that has ended it is told at once.
CREATE FUNCTION @schema@.reply_to_v1(p_ns int, p_id text, p_session int8, p_now int8) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
BEGIN
  SELECT * INTO j FROM @schema@.job WHERE ns = p_ns AND id = p_id FOR UPDATE;
  IF j.state < 4 THEN
    PERFORM @schema@.watched_v1(j, p_session);
  ELSE
    PERFORM @schema@.say_v1('["o",' || json_build_array((SELECT id FROM @schema@.session WHERE key = p_session)) || ','
      || @schema@.outcome_v1(j, p_now, false) || ']');
  END IF;
END $$;

-- Whether a token is that of the job's current claim, by a session that is alive.
CREATE FUNCTION @schema@.is_claimed_with_v1(p_ns int, p_id text, p_token int8) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
  v_job int8 := (SELECT key FROM @schema@.job WHERE ns = p_ns AND id = p_id);
BEGIN
  RETURN EXISTS (
    SELECT FROM @schema@.session s JOIN @schema@.held h ON h.session = s.key AND h.job = v_job AND h.token = p_token
    WHERE s.ns = p_ns AND NOT s.ended AND NOT s.closed
  );
END $$;
