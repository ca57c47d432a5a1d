-- What a call has claimed, as far as it is still held, of some jobs: {jobs: [[id, task, queue, token, attempt,
-- failures, crashes, series, priority, createdAt, ahead, input, rare] …], values: [[key, id, series, size, text,
-- base64] …]}. `rare` is null, or has what few jobs have: raw (the input as base64), run, tags, meta, ignore, args
-- ([key of a value | failure] by hole).
CREATE FUNCTION @schema@.claimed_v1(p_session int8, p_lane int, p_number int8, p_jobs int8[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_jobs text;
  v_values text;
  v_has_args bool;
BEGIN
  SELECT '[' || string_agg(
      @schema@.claimed_job_v1(j, h.token, coalesce(h.priority, j.priority), h.ahead), ',' ORDER BY h.ord
    ) || ']', bool_or(coalesce(j.holes, 0) > 0)
  INTO v_jobs, v_has_args
  FROM @schema@.held h JOIN @schema@.job j ON j.key = h.job
  WHERE h.session = p_session AND h.job = ANY (p_jobs) AND h.lane = p_lane AND h.number = p_number;
  IF v_jobs IS NULL THEN RETURN '{"jobs":[],"values":[]}'; END IF;
  IF NOT v_has_args THEN RETURN '{"jobs":' || v_jobs || ',"values":[]}'; END IF;
  SELECT json_agg(json_build_array(v.key, v.id, v.series, coalesce(octet_length(v.text), octet_length(v.raw) - 1),
    CASE WHEN octet_length(v.text) <= 262144 THEN v.text END,
    CASE WHEN octet_length(v.raw) <= 262145 THEN encode(v.raw, 'base64') END))::text
  INTO v_values
  FROM @schema@.value v
  WHERE v.key = ANY (ARRAY(
    SELECT DISTINCT a.value
    FROM @schema@.held h JOIN LATERAL (SELECT value FROM @schema@.arg WHERE job = h.job OFFSET 0) AS a ON true
    WHERE h.session = p_session AND h.job = ANY (p_jobs) AND h.lane = p_lane AND h.number = p_number
      AND a.value IS NOT NULL
  ));
  RETURN '{"jobs":' || v_jobs || ',"values":' || coalesce(v_values, '[]') || '}';
END $$;

-- What a claim has taken: as `claimed_v1` says it, or {groups: [[queue, slots, ids, tasks, inputs, tokens, created,
-- unusual] …]}, where those after the first `slots` of a group are claimed ahead, and `unusual` is null, or has null
-- for each that is not.
CREATE FUNCTION @schema@.handed_v1(hand @schema@.hand_v1) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  IF hand.told IS NOT NULL THEN RETURN '{"groups":[' || substr(hand.told, 2) || ']}'; END IF;
  RETURN @schema@.claimed_v1((hand.session).key, hand.lane, hand.number, hand.jobs);
END $$;

-- What a call has claimed, for a repeat of it.
CREATE FUNCTION @schema@.claimed_again_v1(p_session int8, p_lane int, p_number int8) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN @schema@.claimed_v1(p_session, p_lane, p_number, ARRAY(
    SELECT job FROM @schema@.held WHERE session = p_session AND lane = p_lane AND number = p_number
  ));
END $$;

-- Take jobs: {claim, marks, news}; null where there is nothing. `p_ranks` and `p_positions` say for each queue where
-- its line begins; marks say where it began.
CREATE FUNCTION @schema@.claim_v1(
  p_ns int, p_session text, p_epoch int8, p_lane int, p_number int8,
  p_slots int, p_ahead int, p_bytes int8, p_queues text[], p_ranks int[], p_positions int8[]
) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  a @schema@.admitted_v1 := @schema@.admit_v1(p_ns, p_session, p_epoch, p_lane, p_number);
  s @schema@.session := a.session;
  v_claim text;
BEGIN
  IF a.is_repeat THEN
    RETURN '{"claim":' || @schema@.claimed_again_v1(s.key, p_lane, p_number) || ',"news":[]}';
  END IF;
  PERFORM @schema@.begin_news_v1();
  IF EXISTS (SELECT FROM @schema@.work WHERE ns = p_ns) AND @schema@.try_lock_graph_v1(p_ns) THEN
    PERFORM @schema@.work_off_v1(p_ns, a.now);
  END IF;
  v_claim := @schema@.claim_some_v1(a, p_lane, p_number, p_slots, p_ahead, p_bytes, p_queues, p_ranks,
    p_positions);
  IF v_claim IS NULL AND coalesce(current_setting('taskspace.news', true), '') = '' THEN RETURN NULL; END IF;
  RETURN '{"claim":' || coalesce(v_claim, 'null') || ',"news":' || @schema@.news_v1() || '}';
END $$;

-- A claim that takes nothing leaves no trace, and its number counts as not applied.
CREATE FUNCTION @schema@.claim_some_v1(
  a @schema@.admitted_v1, p_lane int, p_number int8, p_slots int, p_ahead int, p_bytes int8,
  p_queues text[], p_ranks int[], p_positions int8[]
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  s @schema@.session := a.session;
  hand @schema@.hand_v1;
BEGIN
  hand := @schema@.take_v1(s, p_lane, p_number, a.now, p_slots, p_ahead, p_bytes, p_queues, p_ranks,
    p_positions);
  IF hand.taken = 0 THEN RETURN NULL; END IF;
  PERFORM @schema@.remember_v1(a, p_lane, p_number);
  -- A claim that a crash of the server forgets only frees its jobs; the next token is higher all the same.
  IF NOT hand.has_once THEN PERFORM set_config('synchronous_commit', 'off', true); END IF;
  RETURN @schema@.handed_v1(hand) || ',"marks":[' || substr(hand.marks, 2) || ']';
END $$;

-- Which of these queues have something that can be claimed, or will once the work list is done: indices, as a JSON
-- array.
CREATE FUNCTION @schema@.ready_v1(p_ns int, p_queues text[]) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
  RETURN (
    SELECT coalesce(json_agg(u.ord - 1), '[]') FROM unnest(p_queues) WITH ORDINALITY AS u(queue, ord)
    WHERE @schema@.is_ready_v1(p_ns, u.queue)
      OR EXISTS (SELECT FROM @schema@.work WHERE ns = p_ns)
  );
END $$;

CREATE FUNCTION @schema@.is_ready_v1(p_ns int, p_queue text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
  l @schema@.low_mark := @schema@.low_mark_of_v1(p_ns, p_queue);
BEGIN
  IF l.rank IS NULL THEN RETURN EXISTS (SELECT FROM @schema@.ready WHERE ns = p_ns AND queue = p_queue); END IF;
  RETURN EXISTS (
    SELECT FROM @schema@.ready
    WHERE ns = p_ns AND queue = p_queue AND (rank, tail, position) >= (l.rank, true, l.position)
  );
END $$;
