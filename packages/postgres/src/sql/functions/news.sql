-- What a call brings about for others, kept in a setting of the transaction until the call answers: a list of JSON
-- arrays. ["q", queue] something is ready there; ["n", session] it concerns what that session holds; ["d", at]
-- something is due; ["o", sessions, outcome] a job has ended; ["s", session, index, series] a job has ended with the
-- value that came with that item of the call; ["f", sessions, id] something was appended to a job.
CREATE FUNCTION @schema@.say_v1(p_news text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('taskspace.news', coalesce(current_setting('taskspace.news', true), '') || ',' || p_news, true);
END $$;

CREATE FUNCTION @schema@.begin_news_v1() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('taskspace.news', '', true);
END $$;

-- All that was said in this call, as a JSON array.
CREATE FUNCTION @schema@.news_v1() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN '[' || substr(coalesce(current_setting('taskspace.news', true), ''), 2) || ']';
END $$;

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

-- Tell everybody, with the commit, that something is ready in a queue, if that is all there is to tell, and the caller
-- may: then nothing is left of the news. `p_channel` and `p_payload`: the notification; null: the caller tells by
-- itself.
CREATE FUNCTION @schema@.tell_ready_v1(p_news text, p_queue text, p_channel text, p_payload text)
RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  IF p_channel IS NULL OR p_news <> '[["q",' || to_json(p_queue) || ']]' THEN RETURN p_news; END IF;
  PERFORM pg_notify(p_channel, p_payload);
  RETURN '[]';
END $$;

-- The same for the one session that waits for the success of a call's only job, which is the first of the news; the
-- others are left. `p_channels`: what the names of sessions' channels begin with (see signal-text.ts); `p_here`:
-- sessions that the caller tells without a notification. What is too long to be pushed is left to the caller.
CREATE FUNCTION @schema@.tell_success_v1(
  p_news text, p_id text, p_text text, p_raw bytea, p_channels text, p_here text[]
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_listener text;
  v_payload text;
BEGIN
  IF p_channels IS NULL OR p_news NOT LIKE '[["s",%' THEN RETURN p_news; END IF;
  v_listener := p_news::json #>> '{0,1}';
  v_payload := '=["o",' || json_build_array('success', p_id, p_text, encode(p_raw, 'base64')) || ']';
  IF v_listener = ANY (p_here) OR octet_length(v_payload) > 4096 THEN RETURN p_news; END IF;
  PERFORM pg_notify(
    p_channels || substr(encode(sha256(convert_to(v_listener, 'UTF8')), 'hex'), 1, 12), v_payload);
  RETURN (p_news::jsonb - 0)::text;
END $$;
