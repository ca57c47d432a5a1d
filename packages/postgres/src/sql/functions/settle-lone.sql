-- The same as `settle_plain_v1` for one job, in few and small statements: the one about many takes most of its time to
-- begin.
CREATE FUNCTION @schema@.settle_lone_v1(
  s @schema@.session, p_now int8, p_id text, p_token int8, p_text text, p_raw bytea, p_ttl float8
) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
  v_until float8 := p_now + coalesce(p_ttl, 3600000);
  v_at int8;
  v_job int8;
  v_queue text;
  v_series int;
  v_claimed_at int8;
  v_reply int8;
  v_listener text;
BEGIN
  IF p_ttl <= 0 THEN RETURN false; END IF;
  SELECT j.key, j.queue, j.series, h.claimed_at INTO v_job, v_queue, v_series, v_claimed_at
  FROM @schema@.job j JOIN @schema@.held h ON h.session = s.key AND h.job = j.key AND h.token = p_token
  WHERE j.ns = s.ns AND j.id = p_id AND h.canceling IS NULL AND h.xmax = 0
    AND j.claimed_at IS NULL AND j.history IS NULL AND j.holes IS NULL AND j.result_ttl IS NULL
    AND NOT j.ignore_result AND NOT j.watched
    AND (SELECT 1 FROM @schema@.edge WHERE target = j.key LIMIT 1) IS NULL;
  IF NOT FOUND THEN RETURN false; END IF;
  DELETE FROM @schema@.held WHERE session = s.key AND job = v_job AND token = p_token AND canceling IS NULL;
  IF NOT FOUND THEN RAISE EXCEPTION 'the job was canceled or taken away meanwhile' USING ERRCODE = '40001'; END IF;
  UPDATE @schema@.job SET
    state = 4, decided = true, attempt = attempt + 1, token = p_token, claimed_at = v_claimed_at, last_owner = s.id,
    ended_at = p_now, result_until = v_until, result = p_text, result_raw = p_raw
  WHERE key = v_job AND NOT watched RETURNING reply INTO v_reply;
  IF NOT FOUND THEN RAISE EXCEPTION 'the job is watched since' USING ERRCODE = '40001'; END IF;
  PERFORM @schema@.check_no_edges_v1(ARRAY[v_job]);
  INSERT INTO @schema@.tally (ns, queue, processing, success) VALUES (s.ns, v_queue, -1, 1);
  IF v_until < 'Infinity' THEN
    v_at := ceil(v_until / 60000)::int8 * 60000;
    INSERT INTO @schema@.expiring (ns, at, jobs) VALUES (s.ns, v_at, ARRAY[v_job]);
  END IF;
  IF v_reply IS NOT NULL THEN
    SELECT id INTO v_listener FROM @schema@.session WHERE key = v_reply AND NOT closed;
    IF FOUND THEN PERFORM @schema@.say_v1('["s",' || to_json(v_listener) || ',0,' || v_series || ']'); END IF;
  END IF;
  IF v_at IS NOT NULL THEN PERFORM @schema@.say_due_v1(s.ns, v_at); END IF;
  RETURN true;
END $$;
