-- What users' own transactions do. Nothing here takes a lock that other calls wait for, but those that would end the
-- claim of a job which is completed: a user's transaction may stay open for long. What needs such locks waits on the
-- work list for the commit.

-- That the statement belongs to a transaction, and that to this store.
CREATE FUNCTION @schema@.check_inside_v1(p_store text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_store IS DISTINCT FROM (SELECT store::text FROM @schema@.layout) THEN
    RAISE EXCEPTION 'tx is a transaction of another database' USING ERRCODE = 'TS007';
  END IF;
  -- The statement before this one has left a mark, which is gone if that was a transaction of its own.
  IF current_setting('taskspace.inside', true) IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'tx is not inside a transaction: BEGIN it before, and await enqueued() before its COMMIT'
      USING ERRCODE = 'TS007';
  END IF;
  PERFORM set_config('taskspace.inside', '', true);
END $$;

-- Store jobs. The request: store, ns, session, and an array for each column of `enqueue_v1`, bytes in base64. Answers
-- as that does, null for what is stored. Tells everybody that something is ready, which arrives with the commit.
CREATE FUNCTION @schema@.enqueue_inside_v1(p_request text, p_channel text, p_payload text) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off SET jit = off
AS $$
DECLARE
  r jsonb := p_request;
  v_ns int := r ->> 'ns';
  v_session int8;
  v_answers jsonb[] := '{}';
  v_now int8;
BEGIN
  PERFORM @schema@.check_inside_v1(r ->> 'store');
  v_now := @schema@.clock_v1(v_ns);
  SELECT key INTO v_session FROM @schema@.session WHERE ns = v_ns AND id = r ->> 'session' AND NOT closed;
  PERFORM @schema@.begin_news_v1();
  FOR i IN 0..jsonb_array_length(r -> 'ids') - 1 LOOP
    v_answers := array_append(v_answers, @schema@.enqueue_one_inside_v1(v_ns, v_session, v_now, r, i, v_answers));
  END LOOP;
  PERFORM pg_notify(p_channel, p_payload);
  RETURN to_jsonb(v_answers)::text;
END $$;

CREATE FUNCTION @schema@.enqueue_one_inside_v1(
  p_ns int, p_session int8, p_now int8, r jsonb, p_at int, p_answers jsonb[]
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_relations jsonb := coalesce(nullif(r -> 'relations', 'null'), '[]') -> p_at;
  v_options jsonb := (r -> 'options' ->> p_at)::jsonb;
  v_id text := r -> 'ids' ->> p_at;
  v_edges jsonb := '[]';
  v_refusal jsonb;
  j @schema@.job;
BEGIN
  v_relations := coalesce((v_relations #>> '{}')::jsonb, '{}');
  IF v_relations ? 'parent' AND NOT @schema@.is_claimed_with_v1(p_ns, v_relations #>> '{parent,0}',
      (v_relations #>> '{parent,1}')::int8) THEN
    RETURN jsonb_build_object('code', 'lease-lost', 'about', v_relations #>> '{parent,0}');
  END IF;
  SELECT * INTO j FROM @schema@.job WHERE ns = p_ns AND id = v_id;
  IF FOUND THEN RETURN @schema@.taken_inside_v1(j, r -> 'tasks' ->> p_at, v_relations); END IF;
  SELECT s.edges, s.refusal INTO v_edges, v_refusal
  FROM @schema@.edges_inside_v1(coalesce(v_relations -> 'edges', '[]'), v_id, p_at, r -> 'ids', p_answers) AS s;
  IF v_refusal IS NOT NULL THEN RETURN v_refusal; END IF;

  INSERT INTO @schema@.job (key, created_at, run_at, reply, ns, state, priority, id, task, queue, input, input_raw,
    ignore_result, max_crashes, result_ttl, run, tags, meta, parent)
  VALUES (nextval($name$@schema@.position$name$), p_now,
    ceil(coalesce((r -> 'runAts' ->> p_at)::float8, p_now + (r -> 'delays' ->> p_at)::float8)),
    CASE WHEN (r -> 'replies' ->> p_at)::bool THEN p_session END, p_ns, 2, coalesce((r -> 'priorities' ->> p_at)::int, 0),
    v_id, r -> 'tasks' ->> p_at, r -> 'queues' ->> p_at, r -> 'inputs' ->> p_at, decode(r -> 'raws' ->> p_at, 'base64'),
    coalesce((v_options ->> 'ignore')::bool, false), (v_options ->> 'maxCrashes')::int, (v_options ->> 'ttl')::float8,
    v_options ->> 'run', v_options ->> 'tags', v_options ->> 'meta', v_relations #>> '{parent,0}')
  ON CONFLICT (ns, id) DO NOTHING RETURNING * INTO j;
  IF j.key IS NULL THEN RETURN '{"code": "duplicate"}'; END IF;
  IF v_edges = '[]' THEN
    j := @schema@.make_ready_v1(j, p_now);
  ELSE
    j := @schema@.park_v1(j, 0);
    INSERT INTO @schema@.work (ns, kind, about, series, data) VALUES (p_ns, 'join', j.key, j.series, v_edges);
  END IF;
  PERFORM @schema@.count_v1(p_ns, j.queue, NULL, j.state);
  PERFORM @schema@.save_v1(j);
  RETURN NULL;
END $$;

-- What is answered for an id that is taken. To replace a job would lock it.
CREATE FUNCTION @schema@.taken_inside_v1(j @schema@.job, p_task text, p_relations jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  IF p_relations ->> 'onDuplicate' = 'replace' OR p_relations ? 'reuse' AND j.state > 3 THEN
    RAISE EXCEPTION 'job % exists, and cannot be replaced inside a transaction', j.id USING ERRCODE = 'TS007';
  END IF;
  IF p_relations ->> 'onDuplicate' = 'return' AND j.task = p_task THEN RETURN '"existing"'; END IF;
  RETURN '{"code": "duplicate"}';
END $$;

-- The edges with ids in place of indices.
CREATE FUNCTION @schema@.edges_inside_v1(
  p_edges jsonb, p_id text, p_at int, p_ids jsonb, p_answers jsonb[], OUT edges jsonb, OUT refusal jsonb
) LANGUAGE plpgsql AS $$
DECLARE
  e jsonb;
  v_on text;
  v_at int;
BEGIN
  edges := '[]';
  FOR e IN SELECT each.value FROM jsonb_array_elements(p_edges) AS each LOOP
    v_on := e ->> 1;
    IF jsonb_typeof(e -> 1) = 'number' THEN
      v_at := v_on;
      IF v_at >= p_at OR p_answers[v_at + 1] <> '"existing"' THEN
        refusal := jsonb_build_object('code', 'dependency', 'index', v_at);
        RETURN;
      END IF;
      v_on := p_ids ->> v_at;
    END IF;
    IF v_on = p_id THEN
      refusal := jsonb_build_object('code', 'dependency-cycle', 'about', p_id);
      RETURN;
    END IF;
    edges := edges || jsonb_build_array(jsonb_build_array(e -> 0, v_on, e -> 2));
  END LOOP;
END $$;

-- After the commit: look at the edges of a job for the first time.
CREATE FUNCTION @schema@.join_v1(w @schema@.work, p_now int8) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
  v_found @schema@.found_edge_v1[];
  v_refusal jsonb;
BEGIN
  SELECT * INTO j FROM @schema@.job WHERE key = w.about FOR UPDATE;
  IF j.series IS DISTINCT FROM w.series OR j.state <> 0 THEN RETURN 1; END IF;
  SELECT f.edges, f.refusal INTO v_found, v_refusal
  FROM @schema@.find_edges_v1(w.ns, p_now, j.id, w.data, 0, '{}', '{}') AS f;
  IF v_refusal IS NOT NULL THEN
    PERFORM @schema@.fail_v1(j, @schema@.failure_v1(j, 'dependency-failed', 'TASK_FAILED',
      'it needs job ' || (v_refusal ->> 'about') || ': ' || (v_refusal ->> 'code'), 'dependency-failed'),
      'dependency-failed', p_now);
    RETURN 1;
  END IF;
  PERFORM @schema@.displace_v1(j);
  PERFORM @schema@.start_v1(j, v_found, 0, p_now);
  RETURN 1;
END $$;

