-- Store news of claimed jobs: the last progress and output win; lines go to the journal, `p_lines` a JSON array of
-- texts or null. Answers {answers, news}.
CREATE FUNCTION @schema@.append_v1(
  p_ns int, p_session text, p_epoch int8, p_lane int, p_number int8,
  p_ids text[], p_tokens int8[], p_progress float8[], p_outputs text[], p_raws bytea[], p_skipped int8[], p_lines jsonb[]
) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
DECLARE
  a @schema@.admitted_v1 := @schema@.admit_v1(p_ns, p_session, p_epoch, p_lane, p_number);
  v_answers text[] := '{}';
BEGIN
  IF a.is_repeat THEN RETURN '{"answers":' || a.answers::text || ',"news":[]}'; END IF;
  PERFORM @schema@.begin_news_v1();
  PERFORM @schema@.remember_v1(a, p_lane, p_number);
  PERFORM FROM @schema@.job WHERE ns = p_ns AND id = ANY (p_ids) ORDER BY key FOR UPDATE;
  FOR i IN 1..cardinality(p_ids) LOOP
    v_answers[i] := @schema@.append_one_v1(p_ns, p_ids[i], p_tokens[i], p_progress[i], p_outputs[i], p_raws[i],
      p_skipped[i], p_lines[i]);
  END LOOP;
  PERFORM @schema@.remember_answers_v1((a.session).key, p_lane, p_number, to_jsonb(v_answers));
  RETURN '{"answers":' || to_json(v_answers) || ',"news":' || @schema@.news_v1() || '}';
END $$;

CREATE FUNCTION @schema@.append_one_v1(
  p_ns int, p_id text, p_token int8, p_progress float8, p_output text, p_raw bytea, p_skipped int8, p_lines jsonb
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
  v_canceling text;
  v_sessions json;
BEGIN
  SELECT * INTO j FROM @schema@.job WHERE ns = p_ns AND id = p_id;
  SELECT h.canceling INTO v_canceling
  FROM @schema@.session s JOIN @schema@.held h ON h.session = s.key AND h.job = j.key AND h.token = p_token
  WHERE s.ns = p_ns AND NOT s.ended AND NOT s.closed;
  IF NOT FOUND THEN RETURN 'lost'; END IF;
  UPDATE @schema@.job SET
    progress = coalesce(p_progress, progress),
    output = CASE WHEN p_output IS NULL AND p_raw IS NULL THEN output ELSE p_output END,
    output_raw = CASE WHEN p_output IS NULL AND p_raw IS NULL THEN output_raw ELSE p_raw END,
    journal_last = CASE
      WHEN p_skipped IS NULL AND p_lines IS NULL THEN journal_last
      ELSE coalesce(journal_last, 0) + coalesce(p_skipped, 0) + coalesce(jsonb_array_length(p_lines), 0)
    END
  WHERE key = j.key;
  IF p_lines IS NOT NULL THEN
    PERFORM @schema@.write_lines_v1(j.key, coalesce(j.journal_last, 0) + coalesce(p_skipped, 0), p_lines);
  END IF;
  SELECT json_agg(s.id) INTO v_sessions
  FROM @schema@.follower f JOIN @schema@.session s ON s.key = f.session AND NOT s.closed WHERE f.job = j.key;
  IF v_sessions IS NOT NULL THEN
    PERFORM @schema@.say_v1('["f",' || v_sessions || ',' || to_json(j.id) || ']');
  END IF;
  RETURN CASE WHEN v_canceling IS NULL THEN 'ok' ELSE 'canceled' END;
END $$;

-- Add lines to a journal; the oldest make room.
CREATE FUNCTION @schema@.write_lines_v1(p_job int8, p_last int8, p_lines jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO @schema@.journal (job, number, text)
  SELECT p_job, p_last + line.ord, line.text FROM jsonb_array_elements_text(p_lines) WITH ORDINALITY AS line(text, ord);
  DELETE FROM @schema@.journal WHERE job = p_job AND number <= (
    SELECT number FROM @schema@.journal WHERE job = p_job ORDER BY number DESC OFFSET 1000 LIMIT 1
  );
END $$;

-- A part of a journal: {series, last, lines: [[number, text] …]}, null for an unknown job.
CREATE FUNCTION @schema@.journal_v1(p_ns int, p_id text, p_after int8, p_limit int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
BEGIN
  SELECT * INTO j FROM @schema@.job WHERE ns = p_ns AND id = p_id;
  IF j.key IS NULL THEN RETURN NULL; END IF;
  RETURN json_build_object('series', j.series, 'last', coalesce(j.journal_last, 0), 'lines', (
    SELECT coalesce(json_agg(json_build_array(l.number, l.text) ORDER BY l.number), '[]') FROM (
      SELECT number, text FROM @schema@.journal WHERE job = j.key AND number > p_after ORDER BY number LIMIT p_limit
    ) AS l
  ));
END $$;

-- What was appended to jobs that have not ended, told by marks that differ after each append: [[id, mark] …].
CREATE FUNCTION @schema@.appended_v1(p_ns int, p_ids text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN (
    SELECT coalesce(json_agg(json_build_array(id,
      concat_ws(':', series, journal_last, progress, md5(coalesce(output, encode(output_raw, 'base64')))))), '[]')
    FROM @schema@.job WHERE ns = p_ns AND id = ANY (p_ids) AND state < 4
  );
END $$;

-- A session hears from now on of what is appended to these jobs. Answers what was until now, as `appended_v1` does.
CREATE FUNCTION @schema@.follow_v1(p_ns int, p_session text, p_ids text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_session int8 := (SELECT key FROM @schema@.session WHERE ns = p_ns AND id = p_session AND NOT closed);
  v_jobs int8[];
BEGIN
  IF v_session IS NULL THEN RETURN '[]'; END IF;
  SELECT array_agg(key) INTO v_jobs FROM (
    SELECT key FROM @schema@.job WHERE ns = p_ns AND id = ANY (p_ids) AND state < 4 ORDER BY key FOR UPDATE
  ) AS each;
  UPDATE @schema@.job SET watched = true WHERE key = ANY (v_jobs) AND NOT watched;
  INSERT INTO @schema@.follower (job, session) SELECT job, v_session FROM unnest(v_jobs) AS job ON CONFLICT DO NOTHING;
  RETURN @schema@.appended_v1(p_ns, p_ids);
END $$;

-- A session does not want to hear of that any more.
CREATE FUNCTION @schema@.unfollow_v1(p_ns int, p_session text, p_ids text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM @schema@.follower f USING @schema@.job j, @schema@.session s
  WHERE j.ns = p_ns AND j.id = ANY (p_ids) AND s.ns = p_ns AND s.id = p_session
    AND f.job = j.key AND f.session = s.key;
  RETURN 'null';
END $$;
