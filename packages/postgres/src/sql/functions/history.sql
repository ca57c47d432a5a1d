-- The history of a job to which nothing rare has happened: enqueued, claimed once, ended.
CREATE FUNCTION @schema@.plain_history_v1(j @schema@.job) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_history jsonb := jsonb_build_array(jsonb_build_array('enqueued', j.created_at));
BEGIN
  IF j.claimed_at IS NOT NULL THEN
    v_history := v_history || jsonb_build_array(jsonb_build_array('claimed', j.claimed_at, j.last_owner));
  END IF;
  IF j.state < 4 THEN RETURN v_history; END IF;
  RETURN v_history || jsonb_build_array(jsonb_build_array(
    (ARRAY['success', 'failed', 'canceled'])[j.state - 3], j.ended_at,
    CASE WHEN j.claimed_at IS NOT NULL THEN j.last_owner END
  ));
END $$;

-- A history with one entry more: the first stays, the oldest of the others goes.
CREATE FUNCTION @schema@.with_entry_v1(p_history jsonb, p_what text, p_at int8, p_session text)
RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_kept jsonb := CASE WHEN jsonb_array_length(p_history) >= 100 THEN p_history - 1 ELSE p_history END;
BEGIN
  RETURN v_kept || jsonb_build_array(jsonb_build_array(p_what, p_at, p_session));
END $$;

-- The history of a job with something that its stamps do not tell.
CREATE FUNCTION @schema@.noted_v1(j @schema@.job, p_what text, p_at int8, p_session text)
RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  RETURN @schema@.with_entry_v1(coalesce(j.history, @schema@.plain_history_v1(j)), p_what, p_at, p_session);
END $$;
