-- The outcome of a claimed job is to be that of another one.
CREATE FUNCTION @schema@.forward_v1(j @schema@.job, h @schema@.held, p_to text, p_now int8) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  t @schema@.job := @schema@.final_target_v1(j.ns, p_to);
  v_search @schema@.search_v1;
  v_reason text;
BEGIN
  v_reason := CASE
    WHEN t.key IS NULL THEN 'which is not known'
    WHEN t.ignore_result THEN 'which keeps no result'
    WHEN t.state = 4 AND NOT @schema@.has_result_v1(t, p_now) THEN 'whose result is gone'
  END;
  -- Records name the claim that failed.
  j.token := h.token;
  IF v_reason IS NOT NULL THEN
    PERFORM @schema@.fail_v1(j, @schema@.forward_failure_v1(j, p_to, v_reason), 'invalid-output', p_now);
  ELSIF t.state > 3 THEN
    PERFORM @schema@.take_outcome_v1(j, h, t, p_now);
  ELSE
    v_search := @schema@.search_cycle_v1(j.key, ARRAY[t.key], '{}', 256);
    IF v_search.is_found THEN
      PERFORM @schema@.fail_v1(j, @schema@.forward_cycle_failure_v1(j, p_to), 'invalid-output', p_now);
      RETURN;
    END IF;
    PERFORM @schema@.wait_for_v1(j, h, t, p_now);
    IF cardinality(v_search.open) > 0 THEN PERFORM @schema@.search_later_v1(j, v_search); END IF;
  END IF;
END $$;

-- Follow forwards to their end.
CREATE FUNCTION @schema@.final_target_v1(p_ns int, p_to text) RETURNS @schema@.job LANGUAGE plpgsql AS $$
DECLARE
  t @schema@.job;
  v_next int8;
BEGIN
  SELECT * INTO t FROM @schema@.job WHERE ns = p_ns AND id = p_to FOR SHARE;
  FOR step IN 1..256 LOOP
    EXIT WHEN t.key IS NULL OR t.state <> 0;
    SELECT target INTO v_next FROM @schema@.edge WHERE dependent = t.key AND kind = 2;
    EXIT WHEN NOT FOUND;
    SELECT * INTO t FROM @schema@.job WHERE key = v_next FOR SHARE;
  END LOOP;
  RETURN t;
END $$;

CREATE FUNCTION @schema@.take_outcome_v1(j @schema@.job, h @schema@.held, t @schema@.job, p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  j := @schema@.parted_v1(j, h, p_now);
  j.state := 3;
  IF t.state = 4 THEN
    IF t.value IS NULL THEN
      t := @schema@.shared_v1(t);
      UPDATE @schema@.job SET value = t.value, result = NULL, result_raw = NULL WHERE key = t.key;
    END IF;
    PERFORM @schema@.succeed_v1(j, NULL, NULL, t.value, NULL, p_now);
  ELSIF t.state = 6 THEN
    PERFORM @schema@.cancel_v1(j, t.failure, p_now);
  ELSE
    PERFORM @schema@.fail_v1(j, t.failure, t.failure ->> 'kind', p_now);
  END IF;
END $$;

-- The job's run is over; it forwards.
CREATE FUNCTION @schema@.parted_v1(j @schema@.job, h @schema@.held, p_now int8) RETURNS @schema@.job LANGUAGE plpgsql AS $$
BEGIN
  PERFORM @schema@.drop_claim_v1(h);
  j := @schema@.after_claim_v1(j, h);
  j.history := @schema@.noted_v1(j, 'forwarded', p_now, j.last_owner);
  RETURN j;
END $$;

CREATE FUNCTION @schema@.wait_for_v1(j @schema@.job, h @schema@.held, t @schema@.job, p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  j := @schema@.parted_v1(j, h, p_now);
  -- It will not run again: what it needed is not needed any more.
  PERFORM @schema@.drop_args_v1(j.key);
  INSERT INTO @schema@.edge (dependent, target, kind, on_error) VALUES (j.key, t.key, 2, 0);
  j.forwarded_to := t.id;
  j := @schema@.park_v1(j, 0);
  PERFORM @schema@.count_v1(j.ns, j.queue, 3, 0);
  PERFORM @schema@.save_v1(j);
END $$;
