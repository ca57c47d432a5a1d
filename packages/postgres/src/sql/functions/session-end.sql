-- What a session holds goes back, in steps: charged with a crash if its end was its worker's fault, for all we know.
CREATE FUNCTION @schema@.take_back_later_v1(s @schema@.session, p_charges bool) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM @schema@.calls WHERE session = s.key;
  INSERT INTO @schema@.work (ns, kind, about, data)
  VALUES (s.ns, 'take-back', s.key, jsonb_build_object('charges', p_charges, 'suspect', (
    SELECT h.job FROM @schema@.held h WHERE h.session = s.key AND h.suspect AND NOT h.ahead
    ORDER BY h.claimed_at, h.token, h.ord LIMIT 1
  )));
END $$;

CREATE FUNCTION @schema@.take_back_v1(w @schema@.work, p_budget int, p_now int8) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  h @schema@.held;
  j @schema@.job;
  v_steps int := 0;
  v_stuck int8;
BEGIN
  FOR h IN
    SELECT * FROM @schema@.held WHERE session = w.about ORDER BY claimed_at, token, ord LIMIT p_budget
    FOR UPDATE SKIP LOCKED
  LOOP
    SELECT * INTO j FROM @schema@.job WHERE key = h.job FOR UPDATE;
    IF NOT @schema@.completed_v1(j, p_now) THEN PERFORM @schema@.take_one_back_v1(w, j, h, p_now); END IF;
    v_steps := v_steps + 1;
  END LOOP;
  IF v_steps = p_budget THEN RETURN v_steps; END IF;
  SELECT job INTO v_stuck FROM @schema@.held WHERE session = w.about ORDER BY claimed_at, token, ord LIMIT 1;
  IF v_stuck IS NOT NULL THEN
    PERFORM @schema@.stick_v1(w, v_stuck);
  ELSE
    -- A session that left is kept for as long as its name is needed.
    DELETE FROM @schema@.session WHERE key = w.about AND closed;
    IF FOUND THEN DELETE FROM @schema@.held_mark WHERE session = w.about; END IF;
  END IF;
  RETURN v_steps;
END $$;

CREATE FUNCTION @schema@.take_one_back_v1(w @schema@.work, j @schema@.job, h @schema@.held, p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_suspect int8 := w.data ->> 'suspect';
BEGIN
  IF h.canceling IS NOT NULL THEN
    PERFORM @schema@.cancel_v1(j, h.cancel_failure, p_now);
  ELSIF NOT (w.data ->> 'charges')::bool THEN
    PERFORM @schema@.give_back_v1(j, h, 0, p_now);
  ELSE
    PERFORM @schema@.lose_v1(j, h, CASE WHEN v_suspect IS NULL THEN NOT h.ahead ELSE v_suspect = j.key END, p_now);
  END IF;
END $$;

-- The job's worker is lost.
CREATE FUNCTION @schema@.lose_v1(j @schema@.job, h @schema@.held, p_charged bool, p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_owner @schema@.session;
BEGIN
  SELECT * INTO v_owner FROM @schema@.session WHERE key = h.session;
  IF p_charged THEN
    j.crashes := j.crashes + 1;
    IF j.crashes >= @schema@.max_crashes_v1(j, v_owner.tasks) THEN
      -- It fails with the token of the claim that is lost.
      j.token := h.token;
      PERFORM @schema@.fail_v1(j, @schema@.lost_failure_v1(j), 'lost', p_now);
      RETURN;
    END IF;
  END IF;
  PERFORM @schema@.drop_claim_v1(h);
  j := @schema@.after_claim_v1(j, h);
  IF h.ahead THEN j.attempt := j.attempt - 1; END IF;
  j.history := @schema@.noted_v1(j, 'lease-lost', p_now, v_owner.id);
  PERFORM @schema@.go_on_v1(j, 0, true, p_now);
END $$;

-- Crashes after which a job fails: its own, else what the program of the session says, else 3.
CREATE FUNCTION @schema@.max_crashes_v1(j @schema@.job, p_tasks jsonb) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(j.max_crashes, (p_tasks -> j.task ->> 'maxCrashes')::float8, 3)
$$;
