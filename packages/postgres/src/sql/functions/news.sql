-- What a call brings about for others, kept in a setting of the transaction until the call answers: a list of JSON
-- arrays. ["q", queue] something is ready there; ["n", session] it concerns what that session holds; ["d", at] something
-- is due; ["o", sessions, outcome] a job has ended; ["s", session, index, series] a job has ended with the value that came
-- with that item of the call; ["f", sessions, id] something was appended to a job.
CREATE FUNCTION @schema@.say_v1(p_news text) RETURNS void LANGUAGE sql AS $$
  SELECT set_config('taskspace.news', coalesce(current_setting('taskspace.news', true), '') || ',' || p_news, true)
$$;

CREATE FUNCTION @schema@.begin_news_v1() RETURNS void LANGUAGE sql AS $$
  SELECT set_config('taskspace.news', '', true)
$$;

-- All that was said in this call, as a JSON array.
CREATE FUNCTION @schema@.news_v1() RETURNS text LANGUAGE sql AS $$
  SELECT '[' || substr(coalesce(current_setting('taskspace.news', true), ''), 2) || ']'
$$;

-- Something is ready in a queue.
CREATE FUNCTION @schema@.say_ready_v1(p_queue text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_entry text := ',["q",' || to_json(p_queue) || ']';
BEGIN
  IF position(v_entry IN coalesce(current_setting('taskspace.news', true), '')) > 0 THEN RETURN; END IF;
  PERFORM @schema@.say_v1(substr(v_entry, 2));
END $$;

-- Something is due at a time, which matters if it is earlier than the last sweep said.
CREATE FUNCTION @schema@.say_due_v1(p_ns int, p_at float8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_at < coalesce((SELECT next_due FROM @schema@.beat WHERE ns = p_ns), 'Infinity') THEN
    PERFORM @schema@.say_v1('["d",' || p_at || ']');
  END IF;
END $$;

-- Something concerns what a session holds.
CREATE FUNCTION @schema@.say_notice_v1(p_session int8) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_id text := (SELECT id FROM @schema@.session WHERE key = p_session AND NOT closed);
BEGIN
  IF v_id IS NOT NULL THEN PERFORM @schema@.say_v1('["n",' || to_json(v_id) || ']'); END IF;
END $$;
