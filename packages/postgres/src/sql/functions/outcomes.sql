-- How a job ended, as JSON: [state, id, payload …]. `p_fresh`: it ended just now, and its result counts though it may
-- not be kept. A value that is kept and larger than what is pushed is named: ["large", id, its job, its series, size].
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
    IF j.state = 4 AND j.result_until <= j.ended_at AND NOT j.ignore_result THEN PERFORM @schema@.owe_v1(j); END IF;
  END IF;
  IF j.watched THEN
    DELETE FROM @schema@.watcher WHERE job = j.key;
    DELETE FROM @schema@.follower WHERE job = j.key;
  END IF;
  j.reply := NULL;
  j.watched := false;
  RETURN j;
END $$;

-- Hold a result that is not kept ready for those who wait for it.
CREATE FUNCTION @schema@.owe_v1(j @schema@.job) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO @schema@.owed (ns, session, id, at, text, raw)
  SELECT j.ns, s.key, j.id, j.ended_at, coalesce(v.text, j.result), coalesce(v.raw, j.result_raw)
  FROM @schema@.session s LEFT JOIN @schema@.value v ON v.key = j.value
  WHERE NOT s.closed AND (s.key = j.reply OR s.key IN (SELECT session FROM @schema@.watcher WHERE job = j.key))
  ON CONFLICT (session, id) DO UPDATE SET at = excluded.at, text = excluded.text, raw = excluded.raw;
  PERFORM @schema@.say_due_v1(j.ns, j.ended_at + 60000);
END $$;

-- Forget what nobody has come for.
CREATE FUNCTION @schema@.forget_owed_v1(p_ns int, p_now int8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM @schema@.owed WHERE ns = p_ns AND at <= p_now - 60000;
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

-- The outcomes of jobs that have ended or are unknown, as a JSON array. With a session, that one will hear of the
-- others.
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

-- The same for a session that waits for these already: also results that were not kept when they came.
CREATE FUNCTION @schema@.watch_again_v1(p_ns int, p_session text, p_ids text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_outcomes json := @schema@.watch_v1(p_ns, p_session, p_ids);
  v_owed json;
BEGIN
  IF NOT EXISTS (SELECT FROM json_array_elements(v_outcomes) AS o WHERE o ->> 0 = 'gone') THEN RETURN v_outcomes; END IF;
  WITH paid AS (
    DELETE FROM @schema@.owed USING @schema@.session s
    WHERE s.ns = p_ns AND s.id = p_session AND NOT s.closed AND owed.session = s.key AND owed.id = ANY (p_ids)
    RETURNING owed.id, owed.text, owed.raw
  )
  SELECT json_agg(coalesce(
    (SELECT json_build_array('success', p.id, p.text, encode(p.raw, 'base64')) FROM paid p
      WHERE o.value ->> 0 = 'gone' AND p.id = o.value ->> 1), o.value) ORDER BY o.ord)
  INTO v_owed FROM json_array_elements(v_outcomes) WITH ORDINALITY AS o(value, ord);
  RETURN v_owed;
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
