-- The job leaves where it stands, its claim and what it waited for are over, and it has ended. A state of 3 says that
-- its claim was taken from it a moment ago, and that whoever had it ends it.
CREATE FUNCTION @schema@.finished_v1(j @schema@.job, p_state int, p_now int8) RETURNS @schema@.job LANGUAGE plpgsql AS $$
DECLARE
  h @schema@.held;
  v_from int := j.state;
  v_by text := CASE WHEN j.state = 3 THEN j.last_owner END;
BEGIN
  IF NOT @schema@.displace_v1(j) AND j.state = 2 THEN
    h := @schema@.claim_of_v1(j.ns, j.key);
    IF h.job IS NULL OR NOT @schema@.drop_claim_v1(h) THEN
      RAISE EXCEPTION 'job % is neither ready nor claimed: somebody else is moving it', j.id USING ERRCODE = '40001';
    END IF;
    j := @schema@.after_claim_v1(j, h);
    v_from := 3;
    v_by := j.last_owner;
  END IF;
  DELETE FROM @schema@.edge WHERE dependent = j.key;
  j.state := p_state;
  j.ended_at := p_now;
  IF j.history IS NOT NULL THEN
    j.history := @schema@.with_entry_v1(j.history, (ARRAY['success', 'failed', 'canceled'])[p_state - 3], p_now, v_by);
  END IF;
  PERFORM @schema@.count_v1(j.ns, j.queue, v_from, p_state);
  RETURN j;
END $$;

-- The job ended well: its result is in it. `p_value`: it is that of the job to which it forwarded.
CREATE FUNCTION @schema@.succeed_v1(j @schema@.job, p_text text, p_raw bytea, p_value int8, p_ttl float8, p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_keep float8 := coalesce(j.result_ttl, p_ttl, 3600000);
BEGIN
  j := @schema@.finished_v1(j, 4, p_now);
  j.result_until := p_now + v_keep;
  j.result := p_text;
  j.result_raw := p_raw;
  j.value := p_value;
  j.borrowed := p_value;
  IF NOT j.ignore_result AND @schema@.has_edges_to_v1(j) THEN j := @schema@.shared_v1(j); END IF;
  j := @schema@.released_v1(j, CASE WHEN NOT j.ignore_result THEN j.value END, j.ignore_result);
  j := @schema@.told_v1(j);
  PERFORM @schema@.drop_args_v1(j.key);
  IF j.ignore_result OR v_keep <= 0 THEN j := @schema@.without_result_v1(j); END IF;
  PERFORM @schema@.save_v1(j);
  IF j.ignore_result THEN PERFORM @schema@.forget_v1(j); ELSE PERFORM @schema@.retain_v1(j, p_now); END IF;
END $$;

-- The job ended badly; `p_kind` is its own, the record may be of another job.
CREATE FUNCTION @schema@.fail_v1(j @schema@.job, p_failure jsonb, p_kind text, p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  j := @schema@.finished_v1(j, 5, p_now);
  j.failure := p_failure;
  j.kind := p_kind;
  j := @schema@.released_v1(j, NULL, false);
  j := @schema@.told_v1(j);
  PERFORM @schema@.save_v1(j);
END $$;

-- The job was ended by somebody.
CREATE FUNCTION @schema@.cancel_v1(j @schema@.job, p_failure jsonb, p_now int8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  j := @schema@.finished_v1(j, 6, p_now);
  j.failure := p_failure;
  j.kind := p_failure ->> 'kind';
  j := @schema@.released_v1(j, NULL, false);
  j := @schema@.told_v1(j);
  PERFORM @schema@.drop_args_v1(j.key);
  PERFORM @schema@.save_v1(j);
  PERFORM @schema@.retain_v1(j, p_now);
END $$;

-- A job without its result; whoever needs it as an argument keeps it.
CREATE FUNCTION @schema@.without_result_v1(j @schema@.job) RETURNS @schema@.job LANGUAGE plpgsql AS $$
DECLARE
  v_value int8 := j.value;
BEGIN
  j.result := NULL;
  j.result_raw := NULL;
  j.value := NULL;
  j.borrowed := NULL;
  IF v_value IS NULL THEN RETURN j; END IF;
  UPDATE @schema@.job SET value = NULL, borrowed = NULL WHERE key = j.key;
  PERFORM @schema@.forget_values_v1(ARRAY[v_value]);
  RETURN j;
END $$;
