-- Carry out orders, one after the other: a JSON array of objects, `kind` and what the contract says of it. Answers
-- {answers, news}.
CREATE FUNCTION @schema@.control_v1(
  p_ns int, p_session text, p_epoch int8, p_lane int, p_number int8, p_commands jsonb
) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
DECLARE
  a @schema@.admitted_v1 := @schema@.admit_v1(p_ns, p_session, p_epoch, p_lane, p_number);
  v_answers jsonb := '[]';
  c jsonb;
BEGIN
  IF a.is_repeat THEN RETURN '{"answers":' || a.answers::text || ',"news":[]}'; END IF;
  PERFORM @schema@.begin_news_v1();
  PERFORM @schema@.remember_v1(a, p_lane, p_number);
  PERFORM @schema@.lock_graph_v1(p_ns);
  FOR c IN SELECT each.value FROM jsonb_array_elements(p_commands) AS each LOOP
    v_answers := v_answers || jsonb_build_array(@schema@.carry_out_v1(p_ns, a.now, c));
  END LOOP;
  PERFORM @schema@.work_off_v1(p_ns, a.now);
  PERFORM @schema@.remember_answers_v1((a.session).key, p_lane, p_number, v_answers);
  RETURN '{"answers":' || v_answers::text || ',"news":' || @schema@.news_v1() || '}';
END $$;

CREATE FUNCTION @schema@.carry_out_v1(p_ns int, p_now int8, c jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
BEGIN
  IF c ->> 'kind' = 'cancel' THEN RETURN @schema@.cancel_all_v1(p_ns, p_now, c); END IF;
  IF c ->> 'kind' = 'drain' THEN RETURN @schema@.drain_v1(p_ns, c ->> 'queue'); END IF;
  SELECT * INTO j FROM @schema@.job WHERE ns = p_ns AND id = c ->> 'id' FOR UPDATE;
  IF j.key IS NULL THEN RETURN jsonb_build_object('code', 'no-such-job', 'about', c ->> 'id'); END IF;
  RETURN CASE c ->> 'kind'
    WHEN 'depend' THEN @schema@.depend_v1(j, c -> 'edges', p_now)
    WHEN 'undepend' THEN @schema@.undepend_v1(j, c -> 'on', p_now)
    WHEN 'expire-lease' THEN @schema@.expire_lease_v1(j, p_now)
    WHEN 'priority' THEN @schema@.change_priority_v1(j, (c ->> 'priority')::int, p_now)
    WHEN 'remove' THEN @schema@.remove_v1(j)
  END;
END $$;

CREATE FUNCTION @schema@.done_v1(p_count int8) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('code', 'ok', 'count', p_count)
$$;

-- That a job is not in a state for this; states are told as indices.
CREATE FUNCTION @schema@.wrong_state_v1(j @schema@.job) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  RETURN jsonb_build_object('code', 'invalid-state', 'state', @schema@.state_of_v1(j));
END $$;

-- The state of the job of an id; null if there is none.
CREATE FUNCTION @schema@.state_at_v1(p_ns int, p_id text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
BEGIN
  SELECT * INTO j FROM @schema@.job WHERE ns = p_ns AND id = p_id;
  RETURN CASE WHEN j.key IS NOT NULL THEN @schema@.state_of_v1(j) END;
END $$;

-- The state of a job, claimed ones told apart.
CREATE FUNCTION @schema@.state_of_v1(j @schema@.job) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  IF j.state <> 2 OR (@schema@.claim_of_v1(j.ns, j.key)).job IS NULL THEN RETURN j.state; END IF;
  RETURN 3;
END $$;

CREATE FUNCTION @schema@.expire_lease_v1(j @schema@.job, p_now int8) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  h @schema@.held := @schema@.claim_of_v1(j.ns, j.key);
BEGIN
  IF h.job IS NULL THEN RETURN @schema@.wrong_state_v1(j); END IF;
  IF @schema@.completed_v1(j, p_now) THEN RETURN jsonb_build_object('code', 'invalid-state', 'state', 4); END IF;
  IF @schema@.is_completing_v1(h) THEN RETURN jsonb_build_object('code', 'invalid-state', 'state', 3); END IF;
  PERFORM @schema@.seize_v1(j.id, h);
  j := @schema@.after_claim_v1(j, h);
  j.history := @schema@.noted_v1(j, 'lease-lost', p_now, j.last_owner);
  IF h.canceling IS NULL THEN
    PERFORM @schema@.go_on_v1(j, 0, true, p_now);
  ELSE
    j.last_owner := NULL;
    j.state := 3;
    PERFORM @schema@.cancel_v1(j, h.cancel_failure, p_now);
  END IF;
  RETURN @schema@.done_v1(1);
END $$;

CREATE FUNCTION @schema@.change_priority_v1(j @schema@.job, p_priority int, p_now int8) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_waits bool;
BEGIN
  IF j.state > 3 THEN RETURN @schema@.wrong_state_v1(j); END IF;
  IF j.priority = p_priority THEN RETURN @schema@.done_v1(0); END IF;
  v_waits := j.state <> 2 OR @schema@.state_of_v1(j) = 2;
  IF v_waits AND @schema@.is_drained_v1(j) THEN
    PERFORM @schema@.cancel_v1(j, @schema@.drained_failure_v1(j), p_now);
    RETURN jsonb_build_object('code', 'invalid-state', 'state', 6);
  END IF;
  IF v_waits AND j.state = 2 THEN
    IF NOT @schema@.displace_v1(j) THEN RAISE EXCEPTION 'the job is being moved' USING ERRCODE = '40001'; END IF;
    j.priority := p_priority;
    j := @schema@.enlist_v1(j);
  ELSIF NOT v_waits THEN
    UPDATE @schema@.held SET priority = coalesce(priority, j.priority)
    WHERE job = j.key AND session = (@schema@.claim_of_v1(j.ns, j.key)).session;
  END IF;
  j.priority := p_priority;
  PERFORM @schema@.save_v1(j);
  RETURN @schema@.done_v1(1);
END $$;

CREATE FUNCTION @schema@.remove_v1(j @schema@.job) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  IF j.state < 4 THEN RETURN @schema@.wrong_state_v1(j); END IF;
  PERFORM @schema@.forget_v1(j);
  RETURN @schema@.done_v1(1);
END $$;
