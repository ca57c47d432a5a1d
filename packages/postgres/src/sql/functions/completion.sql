-- Jobs that end in transactions of their tasks' own. Such a transaction holds the claim of its job as it is, and
-- nothing else: until it is over nobody gives the job to others, and all but that goes on.

-- End a claimed job as success with the commit. The request: store, ns, id, token, text or raw (base64), ttl.
CREATE FUNCTION @schema@.complete_inside_v1(p_request text) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off SET jit = off
AS $$
DECLARE
  r jsonb := p_request;
  v_token int8 := r ->> 'token';
  j @schema@.job;
  h @schema@.held;
  v_owner @schema@.session;
BEGIN
  PERFORM @schema@.check_inside_v1(r ->> 'store');
  SELECT * INTO j FROM @schema@.job WHERE ns = (r ->> 'ns')::int AND id = r ->> 'id';
  h := @schema@.claim_of_v1(j.ns, j.key);
  -- Others may go on to write what is not its key.
  SELECT * INTO h FROM @schema@.held WHERE session = h.session AND job = h.job AND token = v_token FOR KEY SHARE;
  SELECT * INTO v_owner FROM @schema@.session WHERE key = h.session;
  IF h.job IS NULL OR v_owner.ended OR v_owner.closed OR h.canceling IS NOT NULL THEN
    RAISE EXCEPTION 'the claim of job % is over', r ->> 'id' USING ERRCODE = 'TS006', DETAIL = r ->> 'id';
  END IF;
  INSERT INTO @schema@.completion (job, token, at, text, raw, ttl)
  VALUES (j.key, v_token, @schema@.clock_v1(j.ns), r ->> 'text', decode(r ->> 'raw', 'base64'), (r ->> 'ttl')::float8)
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'job % was completed before', r ->> 'id' USING ERRCODE = 'TS006', DETAIL = r ->> 'id';
  END IF;
  INSERT INTO @schema@.work (ns, kind, about) VALUES (j.ns, 'complete', j.key);
  RETURN 'null';
END $$;

-- After the commit: the job ends. The caller has the lock of the graph, and has locked the job. False if it was not
-- completed by its present claim. Who was told meanwhile to stop it comes too late.
CREATE FUNCTION @schema@.completed_v1(j @schema@.job, p_now int8) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
  h @schema@.held;
  c @schema@.completion;
BEGIN
  IF NOT EXISTS (SELECT FROM @schema@.completion WHERE job = j.key) THEN RETURN false; END IF;
  h := @schema@.claim_of_v1(j.ns, j.key);
  DELETE FROM @schema@.completion WHERE job = j.key AND token = h.token RETURNING * INTO c;
  -- Those of earlier claims count for nothing.
  DELETE FROM @schema@.completion WHERE job = j.key;
  IF c.job IS NULL THEN RETURN false; END IF;
  j.decided := true;
  PERFORM @schema@.succeed_v1(j, c.text, c.raw, NULL, c.ttl, p_now);
  RETURN true;
END $$;

CREATE FUNCTION @schema@.complete_v1(w @schema@.work, p_now int8) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
BEGIN
  SELECT * INTO j FROM @schema@.job WHERE key = w.about FOR UPDATE;
  IF j.key IS NULL THEN
    DELETE FROM @schema@.completion WHERE job = w.about;
  ELSE
    PERFORM @schema@.completed_v1(j, p_now);
  END IF;
  RETURN 1;
END $$;

-- A claimed job as readers see it whose completion is committed: its end is a fact, though its steps are not done.
CREATE FUNCTION @schema@.as_completed_v1(j @schema@.job, h @schema@.held) RETURNS @schema@.job LANGUAGE plpgsql AS $$
DECLARE
  c @schema@.completion;
  v_keep float8;
BEGIN
  SELECT * INTO c FROM @schema@.completion WHERE job = h.job AND token = h.token;
  IF NOT FOUND THEN RETURN j; END IF;
  v_keep := coalesce(j.result_ttl, c.ttl, 3600000);
  j := @schema@.after_claim_v1(j, h);
  j.state := 4;
  j.ended_at := c.at;
  j.result_until := c.at + v_keep;
  IF j.history IS NOT NULL THEN j.history := @schema@.with_entry_v1(j.history, 'success', c.at, j.last_owner); END IF;
  IF v_keep > 0 AND NOT j.ignore_result THEN
    j.result := c.text;
    j.result_raw := c.raw;
  END IF;
  RETURN j;
END $$;

-- Whether a transaction that is open has this claim.
CREATE FUNCTION @schema@.is_completing_v1(h @schema@.held) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM @schema@.held WHERE session = h.session AND job = h.job FOR UPDATE SKIP LOCKED;
  RETURN NOT FOUND AND EXISTS (SELECT FROM @schema@.held WHERE session = h.session AND job = h.job);
END $$;

-- A session's jobs are taken back, but for this one: that goes on when the transaction which has it is over.
CREATE FUNCTION @schema@.stick_v1(w @schema@.work, p_job int8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO @schema@.stuck (ns, session, job, data) VALUES (w.ns, w.about, p_job, w.data);
END $$;

-- Go on with those whose transactions are over.
CREATE FUNCTION @schema@.unstick_v1(p_ns int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  x @schema@.stuck;
  h @schema@.held;
BEGIN
  FOR x IN SELECT * FROM @schema@.stuck WHERE ns = p_ns ORDER BY key LOOP
    SELECT * INTO h FROM @schema@.held WHERE session = x.session AND job = x.job;
    CONTINUE WHEN FOUND AND @schema@.is_completing_v1(h);
    DELETE FROM @schema@.stuck WHERE ns = p_ns AND key = x.key;
    INSERT INTO @schema@.work (ns, kind, about, data) VALUES (p_ns, 'take-back', x.session, x.data);
  END LOOP;
END $$;
