-- The claim of a job, if it is claimed: by whomever, alive or not.
CREATE FUNCTION @schema@.claim_of_v1(p_ns int, p_job int8) RETURNS @schema@.held LANGUAGE plpgsql AS $$
DECLARE
  h @schema@.held;
BEGIN
  SELECT held.* INTO h
  FROM @schema@.session s
  CROSS JOIN LATERAL (SELECT * FROM @schema@.held WHERE session = s.key AND job = p_job OFFSET 0) AS held
  WHERE s.ns = p_ns;
  RETURN h;
END $$;

-- A job whose claim is over: what only the claim knew is the job's now.
CREATE FUNCTION @schema@.after_claim_v1(j @schema@.job, h @schema@.held) RETURNS @schema@.job LANGUAGE plpgsql AS $$
DECLARE
  v_owner text := (SELECT id FROM @schema@.session WHERE key = h.session);
BEGIN
  -- The stamps tell of one claim only.
  IF j.history IS NOT NULL OR j.claimed_at IS NOT NULL THEN
    j.history := @schema@.noted_v1(j, 'claimed', h.claimed_at, v_owner);
  END IF;
  j.claimed_at := h.claimed_at;
  j.last_owner := v_owner;
  j.token := h.token;
  j.attempt := j.attempt + 1;
  RETURN j;
END $$;

-- Take the claim from a job, if it has one. True if it had.
CREATE FUNCTION @schema@.drop_claim_v1(h @schema@.held) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  IF h.job IS NULL THEN RETURN false; END IF;
  DELETE FROM @schema@.held WHERE session = h.session AND job = h.job;
  RETURN FOUND;
END $$;

-- Take a job from its owner, who will hear of it. Nobody waits for a transaction in which that is ending it: the call
-- is made again.
CREATE FUNCTION @schema@.seize_v1(p_id text, h @schema@.held) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM @schema@.held WHERE session = h.session AND job = h.job FOR UPDATE NOWAIT;
  IF NOT @schema@.drop_claim_v1(h) THEN RETURN; END IF;
  INSERT INTO @schema@.lost (session, token, id) VALUES (h.session, h.token, p_id);
  PERFORM @schema@.say_notice_v1(h.session);
END $$;

-- Whether a session holds a job. Those before its mark are gone; of the others the newest are looked at first.
CREATE FUNCTION @schema@.holds_v1(p_session int8) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  RETURN coalesce((
    SELECT true FROM @schema@.held
    WHERE -session = -p_session
      AND place >= coalesce((SELECT place FROM @schema@.held_mark WHERE session = p_session), 0)
    ORDER BY place DESC LIMIT 1
  ), false);
END $$;

CREATE FUNCTION @schema@.count_held_v1(p_session int8) RETURNS int8 LANGUAGE plpgsql AS $$
BEGIN
  RETURN (
    SELECT count(*) FROM @schema@.held
    WHERE -session = -p_session
      AND place >= coalesce((SELECT place FROM @schema@.held_mark WHERE session = p_session), 0)
  );
END $$;

-- Raise the marks of the sessions that can hold jobs: each to its first claim, at most to a place before which nobody
-- makes one any more.
CREATE FUNCTION @schema@.raise_held_marks_v1(p_ns int, p_place int8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO @schema@.held_mark (session, place)
  SELECT s.key, first.place
  FROM @schema@.session s
  CROSS JOIN LATERAL (SELECT coalesce((SELECT place FROM @schema@.held_mark WHERE session = s.key), 0) AS place) AS mark
  CROSS JOIN LATERAL (
    SELECT coalesce((
      SELECT place FROM @schema@.held
      WHERE -session = -s.key AND place >= mark.place AND place < p_place ORDER BY place LIMIT 1
    ), p_place) AS place
  ) AS first
  WHERE s.ns = p_ns AND NOT s.ended AND NOT s.closed AND mark.place + 500 < first.place
  ON CONFLICT (session) DO UPDATE SET place = excluded.place;
END $$;
