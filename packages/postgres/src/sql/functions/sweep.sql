-- Act on time. Answers {next, more, news}: next is null if nothing is due.
CREATE FUNCTION @schema@.sweep_v1(p_ns int) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
DECLARE
  v_now int8 := @schema@.clock_v1(p_ns);
  b @schema@.beat;
  v_left int := 256;
  v_next float8;
  v_more bool;
BEGIN
  SELECT * INTO b FROM @schema@.beat WHERE ns = p_ns;
  IF v_now < b.last_sweep + 100 THEN
    RETURN json_build_object('next', nullif(b.next_due, 'Infinity'), 'more', false, 'news', '[]'::json);
  END IF;
  PERFORM @schema@.begin_news_v1();
  PERFORM @schema@.lock_graph_v1(p_ns);
  -- Somebody else may have swept while this call waited.
  SELECT * INTO b FROM @schema@.beat WHERE ns = p_ns FOR UPDATE;
  IF v_now < b.last_sweep + 100 THEN
    RETURN json_build_object('next', nullif(b.next_due, 'Infinity'), 'more', false, 'news', '[]'::json);
  END IF;
  PERFORM @schema@.end_leases_v1(p_ns, v_now, b.last_sweep);
  PERFORM @schema@.forget_silent_v1(p_ns, v_now);
  PERFORM @schema@.unstick_v1(p_ns);
  PERFORM @schema@.forget_owed_v1(p_ns, v_now);
  v_more := @schema@.promote_v1(p_ns, v_now, 1024) = 1024;
  v_left := @schema@.work_v1(p_ns, v_now, v_left);
  v_left := v_left - @schema@.apply_retention_v1(p_ns, v_now, v_left);
  PERFORM @schema@.fold_counts_v1(p_ns);
  PERFORM @schema@.raise_marks_v1(p_ns, v_now);
  v_next := @schema@.next_sweep_v1(p_ns, v_now);
  v_more := v_more OR v_left = 0 OR EXISTS (SELECT FROM @schema@.work WHERE ns = p_ns);
  UPDATE @schema@.beat SET last_sweep = v_now, next_due = v_next WHERE ns = p_ns;
  RETURN json_build_object('next', nullif(v_next, 'Infinity'), 'more', v_more, 'news', @schema@.news_v1()::json);
END $$;

-- Record the end of leases. After a gap nobody is at fault: those leases start anew.
CREATE FUNCTION @schema@.end_leases_v1(p_ns int, p_now int8, p_last_sweep int8) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  s @schema@.session;
  v_gap float8 := coalesce(p_now - p_last_sweep, 'Infinity'::float8);
BEGIN
  FOR s IN
    SELECT * FROM @schema@.session
    WHERE ns = p_ns AND NOT ended AND NOT closed AND lease_ms < 'Infinity'
      AND (v_gap > lease_ms / 2 OR lease_end <= p_now)
      AND @schema@.holds_v1(key)
  LOOP
    IF v_gap > s.lease_ms / 2 THEN
      UPDATE @schema@.session SET lease_end = greatest(lease_end, p_now + lease_ms) WHERE key = s.key;
    ELSIF @schema@.try_lock_session_v1(s.id) THEN
      -- A session with a call under way is left for the next sweep: it is alive.
      PERFORM @schema@.end_lease_v1(s.key, p_now);
    END IF;
  END LOOP;
END $$;

CREATE FUNCTION @schema@.end_lease_v1(p_session int8, p_now int8) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  s @schema@.session;
BEGIN
  UPDATE @schema@.session SET ended = true
  WHERE key = p_session AND NOT ended AND NOT closed AND lease_end <= p_now RETURNING * INTO s;
  IF FOUND THEN PERFORM @schema@.take_back_later_v1(s, true); END IF;
END $$;

-- Forget sessions that made no call for ten minutes and hold nothing.
CREATE FUNCTION @schema@.forget_silent_v1(p_ns int, p_now int8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH silent AS (
    SELECT key FROM @schema@.session s
    WHERE ns = p_ns AND NOT closed AND heard_at + 600000 <= p_now
      AND NOT @schema@.holds_v1(s.key)
    FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM @schema@.session s USING silent WHERE s.key = silent.key
  ), untold AS (
    DELETE FROM @schema@.lost l USING silent WHERE l.session = silent.key
  ), unmarked AS (
    DELETE FROM @schema@.held_mark m USING silent WHERE m.session = silent.key
  ), unpaid AS (
    DELETE FROM @schema@.owed o USING silent WHERE o.session = silent.key
  )
  DELETE FROM @schema@.calls c USING silent WHERE c.session = silent.key;
END $$;

-- When to sweep next: so often that the end of each lease can be recorded, since a longer gap would count as an outage.
CREATE FUNCTION @schema@.next_sweep_v1(p_ns int, p_now int8) RETURNS float8 LANGUAGE plpgsql AS $$
BEGIN
  RETURN least(
    (SELECT run_at FROM @schema@.parked WHERE ns = p_ns AND run_at IS NOT NULL ORDER BY run_at, position LIMIT 1)::float8,
    @schema@.next_retention_v1(p_ns),
    (SELECT min(least(lease_end, floor(p_now + lease_ms / 4))) FROM @schema@.session s
      WHERE ns = p_ns AND NOT ended AND NOT closed AND lease_ms < 'Infinity'
        AND @schema@.holds_v1(s.key)),
    (SELECT min(at) + 60000 FROM @schema@.owed WHERE ns = p_ns),
    (SELECT p_now + 1000 FROM @schema@.stuck WHERE ns = p_ns LIMIT 1),
    'Infinity'
  );
END $$;

