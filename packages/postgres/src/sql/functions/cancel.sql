-- End jobs for good, as the command says.
CREATE FUNCTION @schema@.cancel_all_v1(p_ns int, p_now int8, c jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_ids text[] := ARRAY(SELECT each.value FROM jsonb_array_elements_text(c -> 'ids') AS each);
  v_refusal jsonb;
  v_found jsonb;
  v_key int8;
BEGIN
  PERFORM FROM @schema@.job WHERE ns = p_ns AND id = ANY (v_ids) ORDER BY key FOR UPDATE;
  IF c ->> 'cascade' = 'refuse' THEN
    v_refusal := @schema@.dependents_outside_v1(p_ns, v_ids);
    IF v_refusal IS NOT NULL THEN RETURN v_refusal; END IF;
  END IF;
  SELECT jsonb_agg(@schema@.state_at_v1(p_ns, u.id) ORDER BY u.ord) INTO v_found
  FROM unnest(v_ids) WITH ORDINALITY AS u(id, ord);
  FOR v_key IN
    SELECT j.key FROM unnest(v_ids) WITH ORDINALITY AS u(id, ord)
    CROSS JOIN LATERAL (SELECT key FROM @schema@.job WHERE ns = p_ns AND id = u.id OFFSET 0) AS j
    ORDER BY u.ord
  LOOP
    PERFORM @schema@.cancel_one_v1(v_key, c ->> 'reason', c ->> 'cascade', p_now);
  END LOOP;
  RETURN jsonb_build_object('code', 'canceled', 'found', coalesce(v_found, '[]'));
END $$;

-- The first job that others outside of the command wait for, and some of them; null if there is none.
CREATE FUNCTION @schema@.dependents_outside_v1(p_ns int, p_ids text[]) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
  v_dependents jsonb;
BEGIN
  FOR j IN
    SELECT job.* FROM unnest(p_ids) WITH ORDINALITY AS u(id, ord)
    JOIN @schema@.job ON job.ns = p_ns AND job.id = u.id
    WHERE job.state < 4 ORDER BY u.ord
  LOOP
    SELECT jsonb_agg(few.id) INTO v_dependents FROM (
      SELECT d.id FROM @schema@.edge e JOIN @schema@.job d ON d.key = e.dependent
      WHERE e.target = j.key AND e.key > coalesce(j.released, 0) AND e.kind < 2 AND NOT d.id = ANY (p_ids)
      ORDER BY e.key LIMIT 25
    ) AS few;
    IF v_dependents IS NOT NULL THEN
      RETURN jsonb_build_object('code', 'has-dependents', 'id', j.id, 'dependents', v_dependents);
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

CREATE FUNCTION @schema@.cancel_one_v1(p_job int8, p_reason text, p_cascade text, p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
  h @schema@.held;
  v_failure jsonb;
  v_upto int8;
BEGIN
  SELECT * INTO j FROM @schema@.job WHERE key = p_job FOR UPDATE;
  IF j.key IS NULL OR j.state > 3 OR @schema@.completed_v1(j, p_now) THEN RETURN; END IF;
  v_upto := (SELECT max(key) FROM @schema@.edge WHERE target = j.key AND key > coalesce(j.released, 0));
  IF p_cascade = 'cancel' AND v_upto IS NOT NULL THEN
    INSERT INTO @schema@.work (ns, kind, about, after, upto, data)
    VALUES (j.ns, 'cascade', j.key, coalesce(j.released, 0), v_upto, jsonb_build_object('reason', p_reason));
  END IF;
  v_failure := @schema@.canceled_failure_v1(j, p_reason);
  IF j.state = 2 AND @schema@.mark_v1(j, p_reason, v_failure) THEN RETURN; END IF;
  PERFORM @schema@.cancel_target_later_v1(j, p_reason);
  PERFORM @schema@.cancel_v1(j, v_failure, p_now);
END $$;

-- If the job is claimed, its owner has to stop it first. False if it is not.
CREATE FUNCTION @schema@.mark_v1(j @schema@.job, p_reason text, p_failure jsonb) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
  h @schema@.held;
  v_is_ready bool;
BEGIN
  -- Wait for whoever is claiming it, so that it is either ready or claimed from here on.
  PERFORM FROM @schema@.ready
  WHERE ns = j.ns AND queue = j.queue AND rank = ~j.priority AND tail = (j.placed IS NULL)
    AND position = coalesce(j.position, j.key)
  FOR UPDATE;
  v_is_ready := FOUND;
  IF v_is_ready THEN RETURN false; END IF;
  h := @schema@.claim_of_v1(j.ns, j.key);
  IF h.job IS NULL THEN RAISE EXCEPTION 'the job is being moved' USING ERRCODE = '40001'; END IF;
  IF h.canceling IS NOT NULL THEN RETURN true; END IF;
  UPDATE @schema@.held SET canceling = p_reason, cancel_failure = p_failure WHERE session = h.session AND job = h.job;
  IF NOT FOUND THEN RAISE EXCEPTION 'the job is being settled' USING ERRCODE = '40001'; END IF;
  PERFORM @schema@.say_notice_v1(h.session);
  RETURN true;
END $$;

-- A forwarding job that is canceled cancels its target too, if that is its own child and nobody else's.
CREATE FUNCTION @schema@.cancel_target_later_v1(j @schema@.job, p_reason text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  t @schema@.job;
BEGIN
  IF j.state <> 0 THEN RETURN; END IF;
  SELECT job.* INTO t FROM @schema@.edge e JOIN @schema@.job ON job.key = e.target
  WHERE e.dependent = j.key AND e.kind = 2;
  IF t.key IS NULL OR t.state > 3 OR t.parent IS DISTINCT FROM j.id THEN RETURN; END IF;
  IF EXISTS (
    SELECT FROM @schema@.edge
    WHERE target = t.key AND key > coalesce(t.released, 0) AND dependent <> j.key
  ) THEN RETURN; END IF;
  INSERT INTO @schema@.work (ns, kind, about, series, data)
  VALUES (t.ns, 'forward-cancel', t.key, t.series, jsonb_build_object('reason', p_reason));
END $$;

-- Cancel the job that a canceled one had forwarded to.
CREATE FUNCTION @schema@.cancel_forward_v1(w @schema@.work, p_now int8) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  t @schema@.job;
BEGIN
  SELECT * INTO t FROM @schema@.job WHERE key = w.about;
  IF t.series = w.series AND NOT @schema@.has_edges_to_v1(t) THEN
    PERFORM @schema@.cancel_one_v1(t.key, w.data ->> 'reason', 'release', p_now);
  END IF;
  RETURN 1;
END $$;

-- Cancel the jobs that depend on a canceled one, and theirs: one step each. Those that forwarded to it get its outcome.
CREATE FUNCTION @schema@.cascade_v1(w @schema@.work, p_budget int, p_now int8) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  e @schema@.edge;
  v_steps int := 0;
BEGIN
  FOR e IN
    SELECT * FROM @schema@.edge
    WHERE target = w.about AND key > w.after AND key <= w.upto AND kind < 2 ORDER BY key LIMIT p_budget
  LOOP
    v_steps := v_steps + 1;
    -- Steps before this one may have ended its dependent, and its edges with it.
    CONTINUE WHEN NOT EXISTS (SELECT FROM @schema@.edge WHERE key = e.key);
    PERFORM @schema@.cancel_one_v1(e.dependent, w.data ->> 'reason', 'cancel', p_now);
    DELETE FROM @schema@.edge WHERE key = e.key;
  END LOOP;
  RETURN v_steps;
END $$;
