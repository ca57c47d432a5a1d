-- One settlement, whatever it is about.
CREATE FUNCTION @schema@.settle_one_v1(
  s @schema@.session, p_now int8, p_id text, p_token int8, p_kind int, p_text text, p_raw bytea, p_number float8,
  p_record jsonb
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
  h @schema@.held;
  v_owner @schema@.session;
BEGIN
  SELECT * INTO j FROM @schema@.job WHERE ns = s.ns AND id = p_id FOR UPDATE;
  IF j.key IS NULL THEN RETURN 'lost'; END IF;
  IF @schema@.completed_v1(j, p_now) THEN
    SELECT * INTO j FROM @schema@.job WHERE key = j.key;
    RETURN CASE WHEN j.key IS NULL OR j.token = p_token THEN 'already' ELSE 'lost' END;
  END IF;
  h := @schema@.claim_of_v1(j.ns, j.key);
  -- A task may have ended before the transaction in which it completed its job: this call is made again after it.
  PERFORM FROM @schema@.held WHERE session = h.session AND job = h.job FOR UPDATE NOWAIT;
  SELECT * INTO v_owner FROM @schema@.session WHERE key = h.session;
  IF h.token IS DISTINCT FROM p_token OR v_owner.ended OR v_owner.closed THEN
    RETURN CASE WHEN h.job IS NULL AND j.decided AND j.token = p_token THEN 'already' ELSE 'lost' END;
  END IF;
  IF h.canceling IS NOT NULL THEN
    j.decided := true;
    PERFORM @schema@.cancel_v1(j, h.cancel_failure, p_now);
    RETURN 'canceled';
  END IF;
  PERFORM @schema@.apply_v1(v_owner, j, h, p_now, p_kind, p_text, p_raw, p_number, p_record);
  RETURN 'ok';
END $$;

CREATE FUNCTION @schema@.apply_v1(
  p_owner @schema@.session, j @schema@.job, h @schema@.held, p_now int8, p_kind int, p_text text, p_raw bytea,
  p_number float8, p_record jsonb
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  CASE p_kind
    WHEN 0 THEN
      j.decided := true;
      PERFORM @schema@.succeed_v1(j, p_text, p_raw, NULL, p_number, p_now);
    WHEN 1 THEN
      j.decided := true;
      PERFORM @schema@.fail_v1(j, p_record, p_record ->> 'kind', p_now);
    WHEN 2 THEN PERFORM @schema@.retry_v1(j, h, p_number, p_now);
    WHEN 3 THEN
      j.decided := true;
      PERFORM @schema@.forward_v1(j, h, p_record ->> 'to', p_now);
    WHEN 4 THEN PERFORM @schema@.give_back_v1(j, h, coalesce(p_number, 0), p_now);
    WHEN 5 THEN PERFORM @schema@.crash_v1(p_owner, j, h, p_record, p_now);
    WHEN 6 THEN
      IF @schema@.is_known_elsewhere_v1(p_owner.key, j) THEN
        PERFORM @schema@.give_back_v1(j, h, 1000, p_now);
      ELSE
        j.decided := true;
        PERFORM @schema@.fail_v1(j, p_record, p_record ->> 'kind', p_now);
      END IF;
  END CASE;
END $$;

CREATE FUNCTION @schema@.retry_v1(j @schema@.job, h @schema@.held, p_delay float8, p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM @schema@.drop_claim_v1(h);
  j := @schema@.after_claim_v1(j, h);
  j.history := @schema@.noted_v1(j, 'retried', p_now, j.last_owner);
  j.failures := j.failures + 1;
  PERFORM @schema@.go_on_v1(j, p_delay, false, p_now);
END $$;

CREATE FUNCTION @schema@.crash_v1(
  p_owner @schema@.session, j @schema@.job, h @schema@.held, p_record jsonb, p_now int8
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM @schema@.drop_claim_v1(h);
  j := @schema@.after_claim_v1(j, h);
  j.crashes := j.crashes + 1;
  j.history := @schema@.noted_v1(j, 'crashed', p_now, j.last_owner);
  IF j.crashes < @schema@.max_crashes_v1(j, p_owner.tasks) THEN
    PERFORM @schema@.go_on_v1(j, CASE WHEN j.crashes = 1 THEN 0 WHEN j.crashes = 2 THEN 1000 ELSE 5000 END, true, p_now);
    RETURN;
  END IF;
  j.decided := true;
  j.state := 3;
  PERFORM @schema@.fail_v1(j, p_record || '{"kind": "lost", "code": "TASK_EXPIRED"}', 'lost', p_now);
END $$;

-- Whether another session that is alive claims from the job's queue and has its task.
CREATE FUNCTION @schema@.is_known_elsewhere_v1(p_owner int8, j @schema@.job) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM @schema@.session
    WHERE ns = j.ns AND key <> p_owner AND NOT ended AND NOT closed AND tasks ? j.task AND j.queue = ANY (queues)
  );
END $$;
