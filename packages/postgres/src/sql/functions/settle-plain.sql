-- The short way for calls that say nothing but successes, of jobs to which nothing rare happened: they are looked at
-- and written by one statement.

-- Let jobs succeed, if each is claimed by this session for the first time, is wanted by no other job and keeps its
-- result: then true. Else nothing is done.
CREATE FUNCTION @schema@.settle_plain_v1(
  s @schema@.session, p_now int8, p_ids text[], p_tokens int8[], p_texts text[], p_raws bytea[], p_ttls float8[]
) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
  v_count int := cardinality(p_ids);
  v_is_plain bool;
  v_freed int;
  v_ended int;
  v_jobs int8[];
  v_news text;
  v_due int8;
BEGIN
  IF v_count = 1 THEN
    RETURN @schema@.settle_lone_v1(s, p_now, p_ids[1], p_tokens[1], p_texts[1], p_raws[1], p_ttls[1]);
  END IF;
  -- Jobs that wait for each other come together: two of many tell whether it pays to look at all of them.
  IF EXISTS (
    SELECT FROM @schema@.job j WHERE j.ns = s.ns AND j.id = ANY (ARRAY[p_ids[1], p_ids[v_count]])
      AND (j.holes IS NOT NULL OR (SELECT 1 FROM @schema@.edge WHERE target = j.key LIMIT 1) IS NOT NULL)
  ) THEN
    RETURN false;
  END IF;
  -- Jobs and claims are looked up all at once, in one pass over an index each, and then joined in memory: a look-up for
  -- each takes twice the time.
  WITH target AS MATERIALIZED (
    SELECT ctid AS place, key, id,
      claimed_at IS NULL AND history IS NULL AND holes IS NULL AND result_ttl IS NULL AND NOT ignore_result
        AND NOT watched AS is_plain
    FROM @schema@.job WHERE ns = s.ns AND id = ANY (p_ids)
  ), claim AS MATERIALIZED (
    SELECT ctid AS place, job, token, claimed_at, canceling, xmax FROM @schema@.held
    WHERE session = s.key AND job = ANY (ARRAY(SELECT key FROM target))
  ), item AS MATERIALIZED (
    SELECT u.ord, u.text, u.raw, p_now + coalesce(u.ttl, 3600000) AS until, j.key, j.place, h.place AS claim, h.token,
      h.claimed_at,
      -- A transaction that completes the job has, or had, a lock of its claim: nobody waits for that.
      h.job IS NOT NULL AND h.canceling IS NULL AND h.xmax = 0 AND coalesce(u.ttl, 1) > 0 AND j.is_plain AS is_plain
    FROM unnest(p_ids, p_tokens, p_texts, p_raws, p_ttls) WITH ORDINALITY AS u(id, token, text, raw, ttl, ord)
    LEFT JOIN target j ON j.id = u.id
    LEFT JOIN claim h ON h.job = j.key AND h.token = u.token
  ), verdict AS MATERIALIZED (
    -- The same job twice: one after the other.
    SELECT bool_and(is_plain) AND (SELECT count(*) FROM target) = v_count
      AND NOT EXISTS (SELECT FROM @schema@.edge WHERE target = ANY (ARRAY(SELECT key FROM target))) AS is_plain
    FROM item
  ), freed AS (
    DELETE FROM @schema@.held
    WHERE ctid = ANY (ARRAY(SELECT claim FROM item WHERE (SELECT is_plain FROM verdict))) AND canceling IS NULL
    RETURNING 1
  ), ended AS (
    UPDATE @schema@.job j SET
      state = 4, decided = true, attempt = j.attempt + 1, token = i.token, claimed_at = i.claimed_at, last_owner = s.id,
      ended_at = p_now, result_until = i.until, result = i.text, result_raw = i.raw
    FROM item i
    WHERE j.ctid = i.place AND NOT j.watched AND (SELECT is_plain FROM verdict)
    RETURNING j.key, j.queue, j.reply, j.series, i.until, i.ord
  ), counted AS (
    INSERT INTO @schema@.tally (ns, queue, processing, success)
    SELECT s.ns, queue, -count(*), count(*) FROM ended GROUP BY queue
  ), kept AS (
    INSERT INTO @schema@.expiring (ns, at, jobs)
    SELECT s.ns, ceil(until / 60000)::int8 * 60000, array_agg(key) FROM ended WHERE until < 'Infinity' GROUP BY 2
    RETURNING at
  )
  SELECT v.is_plain, (SELECT count(*) FROM freed), e.count, e.jobs, (SELECT min(at) FROM kept), CASE WHEN e.replies > 0 THEN (
    SELECT string_agg(json_build_array('s', w.id, e.ord - 1, e.series)::text, ',' ORDER BY e.ord)
    FROM ended e JOIN @schema@.session w ON w.key = e.reply AND NOT w.closed
  ) END
  INTO v_is_plain, v_freed, v_ended, v_jobs, v_due, v_news
  FROM verdict v, (SELECT count(*) AS count, count(reply) AS replies, array_agg(key) AS jobs FROM ended) AS e;
  IF v_is_plain IS NOT TRUE THEN RETURN false; END IF;
  IF v_freed < v_count OR v_ended < v_count THEN
    RAISE EXCEPTION 'a job was canceled, taken away or watched meanwhile' USING ERRCODE = '40001';
  END IF;
  PERFORM @schema@.check_no_edges_v1(v_jobs);
  IF v_news IS NOT NULL THEN PERFORM @schema@.say_v1(v_news); END IF;
  IF v_due IS NOT NULL THEN PERFORM @schema@.say_due_v1(s.ns, v_due); END IF;
  RETURN true;
END $$;
