-- The live session of an id. Errors tell the client which of its errors to throw.
CREATE FUNCTION @schema@.live_session_v1(p_ns int, p_id text, p_now int8) RETURNS @schema@.session LANGUAGE plpgsql AS $$
DECLARE
  s @schema@.session;
BEGIN
  SELECT * INTO s FROM @schema@.session WHERE ns = p_ns AND id = p_id AND NOT closed;
  IF s.key IS NULL THEN RAISE EXCEPTION 'session unknown' USING ERRCODE = 'TS001', DETAIL = p_id; END IF;
  IF s.ended THEN RAISE EXCEPTION 'session ended' USING ERRCODE = 'TS002', DETAIL = p_id; END IF;
  -- To the minute, since it costs something.
  IF s.heard_at + 60000 <= p_now THEN UPDATE @schema@.session SET heard_at = p_now WHERE key = s.key; END IF;
  RETURN s;
END $$;

-- The session of a call, and what was applied under its number before, if it is a repeat.
CREATE FUNCTION @schema@.admit_v1(p_ns int, p_session text, p_epoch int8, p_lane int, p_number int8)
RETURNS @schema@.admitted_v1 LANGUAGE plpgsql AS $$
DECLARE
  a @schema@.admitted_v1;
BEGIN
  -- Before the session is read: nobody raises its epoch from here on.
  PERFORM @schema@.share_session_v1(p_session);
  SELECT s, floor(extract(epoch FROM clock_timestamp()) * 1000)::int8 + n.clock_offset, coalesce(c.number = p_number, false),
    c.answers, c.number
  INTO a
  FROM @schema@.namespace n
  JOIN @schema@.session s ON s.ns = n.key AND s.id = p_session AND NOT s.closed
  LEFT JOIN LATERAL (
    SELECT number, answers FROM @schema@.calls WHERE session = s.key AND lane = p_lane ORDER BY number DESC LIMIT 1
  ) AS c ON true
  WHERE n.key = p_ns;
  IF NOT FOUND OR (a.session).ended OR (a.session).heard_at + 60000 <= a.now THEN
    a.session := @schema@.live_session_v1(p_ns, p_session, a.now);
  END IF;
  IF p_epoch <> (a.session).epoch THEN
    RAISE EXCEPTION USING ERRCODE = 'TS003', MESSAGE = 'call ' || p_number || ' of session ' || p_session || ', epoch '
      || p_epoch || ', came too late: the session is in epoch ' || (a.session).epoch;
  END IF;
  IF p_number < a.last_number THEN
    RAISE EXCEPTION USING ERRCODE = 'TS003', MESSAGE = 'call ' || p_number || ' of session ' || p_session || ', epoch '
      || p_epoch || ', came too late: call ' || a.last_number || ' of lane ' || p_lane || ' was applied since';
  END IF;
  RETURN a;
END $$;

-- A call is to follow another one of its session, which has to be applied.
CREATE FUNCTION @schema@.check_turn_v1(a @schema@.admitted_v1, p_lane int, p_number int8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM @schema@.calls WHERE session = (a.session).key AND lane = p_lane AND number >= p_number) THEN
    RETURN;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'TS008', MESSAGE = 'a call of session ' || (a.session).id || ' came before call '
    || p_number || ' of lane ' || p_lane || ', which it is to follow';
END $$;

-- Remember that a call is being applied, in the place of the last one. A copy of it that comes at the same time waits
-- here, and is retried as a repeat.
CREATE FUNCTION @schema@.remember_v1(a @schema@.admitted_v1, p_lane int, p_number int8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF a.last_number IS NULL THEN
    INSERT INTO @schema@.calls (session, lane, number) VALUES ((a.session).key, p_lane, p_number) ON CONFLICT DO NOTHING;
  ELSE
    UPDATE @schema@.calls SET number = p_number, answers = NULL
    WHERE session = (a.session).key AND lane = p_lane AND number = a.last_number;
  END IF;
  IF NOT FOUND THEN RAISE EXCEPTION 'a copy of this call was applied meanwhile' USING ERRCODE = '40001'; END IF;
END $$;

-- Remember what a call answered, where that is not that all was well.
CREATE FUNCTION @schema@.remember_answers_v1(p_session int8, p_lane int, p_number int8, p_answers jsonb)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE @schema@.calls SET answers = p_answers WHERE session = p_session AND lane = p_lane AND number = p_number;
END $$;
