-- Say what became of claimed jobs, and take the next ones. Items are arrays; kinds are 0 success, 1 failure, 2 retry,
-- 3 forward, 4 return, 5 crash, 6 unknown-task; `p_numbers` is a result's life or a delay, `p_records` a failure or
-- {"to": id}. Slots are null where nothing is to be claimed. `p_channels` and `p_here`: see `tell_success_v1`. Answers
-- {answers, claim, marks, news}: answers null if all are ok. Plans are made once a connection, for any parameters: made
-- anew for each call, as the planner prefers where parameters are arrays, they took most of the time of a call about
-- one job.
CREATE FUNCTION @schema@.settle_v1(
  p_ns int, p_session text, p_epoch int8, p_lane int, p_number int8,
  p_ids text[], p_tokens int8[], p_kinds int[], p_texts text[], p_raws bytea[], p_numbers float8[], p_records jsonb[],
  p_slots int, p_ahead int, p_bytes int8, p_queues text[], p_ranks int[], p_positions int8[],
  p_channels text, p_here text[]
) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  a @schema@.admitted_v1 := @schema@.admit_v1(p_ns, p_session, p_epoch, p_lane, p_number);
  s @schema@.session := a.session;
  v_answers jsonb := a.answers;
  hand @schema@.hand_v1;
  v_claim text;
BEGIN
  PERFORM @schema@.begin_news_v1();
  IF NOT a.is_repeat THEN
    PERFORM @schema@.remember_v1(a, p_lane, p_number);
    v_answers := @schema@.settle_all_v1(s, a.now, p_ids, p_tokens, p_kinds, p_texts, p_raws, p_numbers, p_records);
    IF v_answers IS NOT NULL THEN
      PERFORM @schema@.remember_answers_v1(s.key, p_lane, p_number, v_answers);
    END IF;
    IF p_slots IS NOT NULL THEN
      hand := @schema@.take_v1(s, p_lane, p_number, a.now, p_slots, p_ahead, p_bytes, p_queues,
        p_ranks, p_positions);
      v_claim := @schema@.handed_v1(hand);
    END IF;
  ELSIF p_slots IS NOT NULL THEN
    v_claim := @schema@.claimed_again_v1(s.key, p_lane, p_number);
  END IF;
  RETURN '{"answers":' || coalesce(v_answers::text, 'null')
    || ',"claim":' || coalesce(v_claim, 'null')
    || ',"marks":[' || coalesce(substr(hand.marks, 2), '') || ']'
    || ',"news":' || @schema@.tell_success_v1(@schema@.news_v1(), p_ids[1], p_texts[1], p_raws[1], p_channels, p_here) || '}';
END $$;

-- Apply settlements, in order. Returns null if all are ok.
CREATE FUNCTION @schema@.settle_all_v1(
  s @schema@.session, p_now int8,
  p_ids text[], p_tokens int8[], p_kinds int[], p_texts text[], p_raws bytea[], p_numbers float8[], p_records jsonb[]
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_count int := cardinality(p_ids);
  v_keys int8[];
  v_claims tid[];
  v_serieses int[];
  v_plain bool[];
  v_easy bool[];
  v_has_graph bool;
  v_answers text[];
  v_from int := 1;
  v_to int;
BEGIN
  IF 0 = ALL (p_kinds) AND @schema@.settle_plain_v1(s, p_now, p_ids, p_tokens, p_texts, p_raws, p_numbers) THEN
    PERFORM @schema@.work_off_if_any_v1(s.ns, p_now);
    RETURN NULL;
  END IF;
  SELECT p.keys, p.claims, p.serieses, p.plain, p.easy, p.graph
  INTO v_keys, v_claims, v_serieses, v_plain, v_easy, v_has_graph
  FROM @schema@.plan_settle_v1(s, p_ids, p_tokens, p_kinds, p_numbers, p_records) AS p;
  IF v_has_graph THEN
    PERFORM @schema@.lock_graph_v1(s.ns);
    IF NOT false = ANY (v_easy) AND @schema@.succeed_and_release_v1(s, p_now, p_ids, v_keys, v_serieses, v_claims, p_texts,
        p_raws, p_numbers) THEN
      RETURN NULL;
    END IF;
    -- Whoever had the lock before may have made edges to jobs that looked plain; nobody does from here on.
    SELECT p.keys, p.claims, p.plain INTO v_keys, v_claims, v_plain
    FROM @schema@.plan_settle_v1(s, p_ids, p_tokens, p_kinds, p_numbers, p_records) AS p;
  END IF;
  v_answers := array_fill('ok'::text, ARRAY[v_count]);
  WHILE v_from <= v_count LOOP
    v_to := v_from;
    IF v_plain[v_from] THEN
      WHILE v_to < v_count AND v_plain[v_to + 1] LOOP v_to := v_to + 1; END LOOP;
      PERFORM @schema@.succeed_plain_v1(s, p_now, v_from - 1, v_keys[v_from:v_to], v_claims[v_from:v_to],
        p_texts[v_from:v_to], p_raws[v_from:v_to], p_numbers[v_from:v_to], NULL);
    ELSE
      v_answers[v_from] := @schema@.settle_one_v1(s, p_now, p_ids[v_from], p_tokens[v_from], p_kinds[v_from],
        p_texts[v_from], p_raws[v_from], p_numbers[v_from], p_records[v_from]);
    END IF;
    v_from := v_to + 1;
  END LOOP;
  IF NOT v_has_graph THEN PERFORM @schema@.check_no_edges_v1(v_keys); END IF;
  PERFORM @schema@.work_off_if_any_v1(s.ns, p_now);
  IF array_remove(v_answers, 'ok') = '{}' THEN RETURN NULL; END IF;
  RETURN to_jsonb(v_answers);
END $$;

-- Which items are successes of plain jobs, that can be stored all at once; which could be, but for jobs that wait for
-- them, or values that they had; and whether others wait for any of the jobs, or any had values.
CREATE FUNCTION @schema@.plan_settle_v1(
  s @schema@.session, p_ids text[], p_tokens int8[], p_kinds int[], p_numbers float8[], p_records jsonb[],
  OUT keys int8[], OUT claims tid[], OUT serieses int[], OUT plain bool[], OUT easy bool[], OUT graph bool
) LANGUAGE plpgsql AS $$
DECLARE
  -- Whoever forwards to a job waits for it from then on, also within this call.
  v_awaited text[] := CASE WHEN 3 = ANY (p_kinds)
    THEN ARRAY(SELECT r ->> 'to' FROM unnest(p_records) AS r WHERE r ? 'to') ELSE '{}' END;
BEGIN
  -- Jobs and claims are looked up all at once: see `settle_plain_v1`.
  WITH target AS MATERIALIZED (
    SELECT key, id, series, holes IS NOT NULL AS has_holes,
      NOT ignore_result AND NOT watched AND (claimed_at IS NULL OR history IS NOT NULL) AND result_ttl IS NULL AS is_easy
    FROM @schema@.job WHERE ns = s.ns AND id = ANY (p_ids)
  ), claim AS MATERIALIZED (
    SELECT ctid AS claim, job, token, canceling, xmax FROM @schema@.held
    WHERE session = s.key AND job = ANY (ARRAY(SELECT key FROM target))
  )
  SELECT
    array_agg(i.key ORDER BY i.ord), array_agg(i.claim ORDER BY i.ord), array_agg(i.series ORDER BY i.ord),
    array_agg(i.is_easy AND NOT i.is_linked ORDER BY i.ord), array_agg(i.is_easy AND i.is_kept ORDER BY i.ord),
    bool_or(i.kind = 3 OR i.is_linked)
  INTO keys, claims, serieses, plain, easy, graph
  FROM (
    SELECT u.ord, u.kind, j.key, j.series, h.claim, coalesce(u.number, 1) > 0 AS is_kept,
      -- A transaction that completes the job has, or had, a lock of its claim: nobody waits for that.
      u.kind = 0 AND h.claim IS NOT NULL AND h.canceling IS NULL AND h.xmax = 0 AND j.is_easy
        AND NOT u.id = ANY (v_awaited) AS is_easy,
      j.has_holes OR u.kind <> 0 AND EXISTS (SELECT FROM @schema@.completion WHERE job = j.key)
        OR (SELECT 1 FROM @schema@.edge WHERE target = j.key LIMIT 1) IS NOT NULL AS is_linked
    FROM unnest(p_ids, p_tokens, p_kinds, p_numbers) WITH ORDINALITY AS u(id, token, kind, number, ord)
    LEFT JOIN target j ON j.id = u.id
    LEFT JOIN claim h ON h.job = j.key AND h.token = u.token
  ) AS i;
  -- The same job twice: one after the other.
  IF (SELECT count(DISTINCT key) < count(key) FROM unnest(keys) AS key) THEN
    plain := array_fill(false, ARRAY[cardinality(p_ids)]);
    easy := plain;
  END IF;
END $$;

-- Successes of jobs to which nothing rare happened: one write of each. `p_values`: rows of `value` that results are in.
CREATE FUNCTION @schema@.succeed_plain_v1(
  s @schema@.session, p_now int8, p_offset int, p_keys int8[], p_claims tid[], p_texts text[], p_raws bytea[],
  p_ttls float8[], p_values int8[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_done int;
  v_news text;
  v_due int8;
BEGIN
  WITH item AS (
    SELECT * FROM unnest(p_keys, p_texts, p_raws, p_ttls, p_values) WITH ORDINALITY AS u(key, text, raw, ttl, value, ord)
  ), freed AS (
    -- Not by the session's index, which would compare each of its rows with each of these.
    DELETE FROM @schema@.held WHERE ctid = ANY (p_claims) AND session + 0 = s.key AND canceling IS NULL
    RETURNING job, token, claimed_at
  ), gone AS (
    SELECT f.job, f.token, f.claimed_at, p_now + coalesce(i.ttl, 3600000) AS until,
      coalesce(i.ttl, 1) > 0 AS is_kept, i.text, i.raw, i.value, i.ord
    FROM freed f JOIN item i ON i.key = f.job
  ), ended AS (
    UPDATE @schema@.job j SET
      state = 4, decided = true, attempt = j.attempt + 1, token = g.token, claimed_at = g.claimed_at, last_owner = s.id,
      ended_at = p_now, result_until = g.until,
      result = CASE WHEN g.is_kept AND g.value IS NULL THEN g.text END,
      result_raw = CASE WHEN g.is_kept AND g.value IS NULL THEN g.raw END, value = g.value,
      history = CASE WHEN j.history IS NOT NULL THEN @schema@.with_entry_v1(
        @schema@.with_entry_v1(j.history, 'claimed', g.claimed_at, s.id), 'success', p_now, s.id) END
    FROM gone g
    WHERE j.key = g.job AND NOT j.watched
    RETURNING j.key, j.ns, j.queue, j.reply, j.series, j.id, g.until, g.is_kept, g.ord, g.text, g.raw
  ), counted AS (
    INSERT INTO @schema@.tally (ns, queue, processing, success)
    SELECT ns, queue, -count(*), count(*) FROM ended GROUP BY ns, queue
  ), kept AS (
    INSERT INTO @schema@.expiring (ns, at, jobs)
    SELECT ns, ceil(until / 60000)::int8 * 60000, array_agg(key) FROM ended
    WHERE is_kept AND until < 'Infinity' GROUP BY ns, 2
    RETURNING at
  ), owed AS (
    INSERT INTO @schema@.owed (ns, session, id, at, text, raw)
    SELECT ns, reply, id, p_now, text, raw FROM ended WHERE NOT is_kept AND reply IS NOT NULL
    ON CONFLICT (session, id) DO UPDATE SET at = excluded.at, text = excluded.text, raw = excluded.raw
  ), dropped AS (
    INSERT INTO @schema@.expendable (ns, at, jobs)
    SELECT ns, p_now, array_agg(key ORDER BY ord) FROM ended WHERE NOT is_kept GROUP BY ns
  )
  SELECT (SELECT count(*) FROM ended), (SELECT min(at) FROM kept), (
    SELECT string_agg(json_build_array('s', w.id, p_offset + e.ord - 1, e.series)::text, ',' ORDER BY e.ord)
    FROM ended e JOIN @schema@.session w ON w.key = e.reply AND NOT w.closed
  ) INTO v_done, v_due, v_news;
  IF v_done < cardinality(p_keys) THEN
    RAISE EXCEPTION 'a job was canceled, taken away or watched meanwhile' USING ERRCODE = '40001';
  END IF;
  IF v_news IS NOT NULL THEN PERFORM @schema@.say_v1(v_news); END IF;
  IF v_due IS NOT NULL THEN PERFORM @schema@.say_due_v1(s.ns, v_due); END IF;
END $$;

-- Whoever made an edge since this call looked saw a job that had not ended: settle it as one that others wait for.
CREATE FUNCTION @schema@.check_no_edges_v1(p_keys int8[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM @schema@.edge WHERE target = ANY (p_keys)) THEN
    RAISE EXCEPTION 'a job waits since for one that was settled' USING ERRCODE = '40001';
  END IF;
END $$;
