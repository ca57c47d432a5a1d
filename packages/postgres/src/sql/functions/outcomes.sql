-- How a job ended, as JSON: [state, id, payload …]. `p_fresh`: it ended just now, and its result counts though it may not
-- be kept. A value that is kept and larger than what is pushed is named: ["large", id, its job, its series, size].
CREATE FUNCTION @schema@.outcome_v1(j @schema@.job, p_now int8, p_fresh bool) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v @schema@.value;
  v_size int8;
BEGIN
  IF j.state > 4 THEN
    RETURN json_build_array(CASE j.state WHEN 5 THEN 'failed' ELSE 'canceled' END, j.id, j.failure);
  END IF;
  IF j.ignore_result THEN RETURN json_build_array('ignored', j.id); END IF;
  IF NOT @schema@.holds_result_v1(j) OR NOT p_fresh AND j.result_until <= p_now THEN
    RETURN json_build_array('gone', j.id);
  END IF;
  IF j.value IS NULL THEN
    SELECT j.id, j.series, j.result, j.result_raw INTO v.id, v.series, v.text, v.raw;
  ELSE
    SELECT * INTO v FROM @schema@.value WHERE key = j.value;
  END IF;
  v_size := coalesce(octet_length(v.text), octet_length(v.raw) - 1);
  IF v_size > 4096 AND j.result_until > j.ended_at THEN
    RETURN json_build_array('large', j.id, v.id, v.series, v_size);
  END IF;
  RETURN json_build_array('success', j.id, v.text, encode(v.raw, 'base64'));
END $$;

-- Tell all who wait for a job how it ended. Returns it without them.
CREATE FUNCTION @schema@.told_v1(j @schema@.job) RETURNS @schema@.job LANGUAGE plpgsql AS $$
DECLARE
  v_sessions json;
BEGIN
  IF j.reply IS NULL AND NOT j.watched THEN RETURN j; END IF;
  SELECT json_agg(s.id) INTO v_sessions FROM @schema@.session s
  WHERE NOT s.closed AND (s.key = j.reply OR s.key IN (SELECT session FROM @schema@.watcher WHERE job = j.key));
  IF v_sessions IS NOT NULL THEN
    PERFORM @schema@.say_v1('["o",' || v_sessions || ',' || @schema@.outcome_v1(j, j.ended_at, true) || ']');
  END IF;
  IF j.watched THEN
    DELETE FROM @schema@.watcher WHERE job = j.key;
    DELETE FROM @schema@.follower WHERE job = j.key;
  END IF;
  j.reply := NULL;
  j.watched := false;
  RETURN j;
END $$;

-- Let a session hear how a job ends, which has not ended.
CREATE FUNCTION @schema@.watched_v1(j @schema@.job, p_session int8) RETURNS @schema@.job LANGUAGE plpgsql AS $$
BEGIN
  IF j.reply IS NULL THEN
    j.reply := p_session;
  ELSIF j.reply <> p_session THEN
    INSERT INTO @schema@.watcher (job, session) VALUES (j.key, p_session) ON CONFLICT DO NOTHING;
    j.watched := true;
  ELSE
    RETURN j;
  END IF;
  UPDATE @schema@.job SET reply = j.reply, watched = j.watched WHERE key = j.key;
  RETURN j;
END $$;

-- The outcomes of jobs that have ended or are unknown, as a JSON array. With a session, that one will hear of the others.
CREATE FUNCTION @schema@.watch_v1(p_ns int, p_session text, p_ids text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_session int8 := (SELECT key FROM @schema@.session WHERE ns = p_ns AND id = p_session AND NOT closed);
  v_now int8 := @schema@.clock_v1(p_ns);
  v_id text;
  v_outcomes json[] := '{}';
  j @schema@.job;
BEGIN
  FOREACH v_id IN ARRAY p_ids LOOP
    SELECT * INTO j FROM @schema@.job WHERE ns = p_ns AND id = v_id;
    IF j.state < 4 AND v_session IS NOT NULL AND j.reply IS DISTINCT FROM v_session THEN
      SELECT * INTO j FROM @schema@.job WHERE ns = p_ns AND id = v_id FOR UPDATE;
      IF j.state < 4 THEN j := @schema@.watched_v1(j, v_session); END IF;
    END IF;
    IF j.key IS NULL THEN
      v_outcomes := array_append(v_outcomes, json_build_array('gone', v_id));
    ELSIF j.state > 3 THEN
      v_outcomes := array_append(v_outcomes, @schema@.outcome_v1(j, v_now, false));
    END IF;
  END LOOP;
  RETURN to_json(v_outcomes);
END $$;

-- A session does not want to hear of jobs any more.
CREATE FUNCTION @schema@.unwatch_v1(p_ns int, p_session text, p_ids text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_session int8 := (SELECT key FROM @schema@.session WHERE ns = p_ns AND id = p_session AND NOT closed);
BEGIN
  UPDATE @schema@.job SET reply = NULL WHERE ns = p_ns AND id = ANY (p_ids) AND reply = v_session;
  DELETE FROM @schema@.watcher w USING @schema@.job j
  WHERE j.ns = p_ns AND j.id = ANY (p_ids) AND w.job = j.key AND w.session = v_session;
  RETURN 'null';
END $$;
