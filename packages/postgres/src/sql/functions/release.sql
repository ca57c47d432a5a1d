-- Whether jobs wait for this series of a job.
CREATE FUNCTION @schema@.has_edges_to_v1(j @schema@.job) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (SELECT FROM @schema@.edge WHERE target = j.key AND key > coalesce(j.released, 0));
END $$;

-- Hand the end of a job to the jobs that wait for it, as part of the work list. Without a value, whoever needs one has
-- it as an expired one. `p_removed`: its record goes, and whoever would wait for its next series waits in vain.
CREATE FUNCTION @schema@.released_v1(j @schema@.job, p_value int8, p_removed bool)
RETURNS @schema@.job LANGUAGE plpgsql AS $$
DECLARE
  v_upto int8 := (SELECT max(key) FROM @schema@.edge WHERE target = j.key AND key > coalesce(j.released, 0));
  v_failure jsonb := coalesce(j.failure, CASE WHEN p_value IS NULL THEN @schema@.removed_failure_v1(j) END);
BEGIN
  IF v_upto IS NULL THEN RETURN j; END IF;
  INSERT INTO @schema@.work (ns, kind, about, series, value, after, upto, data)
  VALUES (j.ns, 'release', j.key, j.series, p_value, coalesce(j.released, 0), v_upto,
    jsonb_build_object('state', j.state, 'failure', v_failure, 'removed', p_removed));
  j.released := v_upto;
  RETURN j;
END $$;

-- Hand an end on to at most `p_budget` edges. Returns how many there were; fewer means that it is done.
CREATE FUNCTION @schema@.release_v1(w @schema@.work, p_budget int, p_now int8) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  e @schema@.edge;
  v_steps int := 0;
BEGIN
  FOR e IN
    SELECT * FROM @schema@.edge WHERE target = w.about AND key > w.after AND key <= w.upto ORDER BY key LIMIT p_budget
  LOOP
    v_steps := v_steps + 1;
    -- Steps before this one may have ended its dependent.
    CONTINUE WHEN NOT EXISTS (SELECT FROM @schema@.edge WHERE key = e.key);
    PERFORM @schema@.hand_v1(w, e, p_now);
  END LOOP;
  RETURN v_steps;
END $$;

CREATE FUNCTION @schema@.hand_v1(w @schema@.work, e @schema@.edge, p_now int8) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  d @schema@.job;
  v_state int := w.data ->> 'state';
BEGIN
  SELECT * INTO d FROM @schema@.job WHERE key = e.dependent FOR UPDATE;
  IF @schema@.is_drained_v1(d) THEN
    PERFORM @schema@.cancel_v1(d, @schema@.drained_failure_v1(d), p_now);
  ELSIF e.kind = 2 THEN
    PERFORM @schema@.hand_on_v1(w, d, v_state, p_now);
  ELSIF v_state = 4 AND (w.value IS NOT NULL OR e.kind = 1) THEN
    PERFORM @schema@.meet_v1(d, e, w.value, NULL, p_now);
  ELSE
    PERFORM @schema@.hand_failure_v1(w, e, d, p_now);
  END IF;
END $$;

-- The outcome of a job is that of the one that forwarded to it.
CREATE FUNCTION @schema@.hand_on_v1(w @schema@.work, d @schema@.job, p_state int, p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_state = 4 AND w.value IS NOT NULL THEN
    PERFORM @schema@.succeed_v1(d, NULL, NULL, w.value, NULL, p_now);
  ELSIF p_state = 6 THEN
    PERFORM @schema@.cancel_v1(d, w.data -> 'failure', p_now);
  ELSE
    PERFORM @schema@.fail_v1(d, w.data -> 'failure', w.data -> 'failure' ->> 'kind', p_now);
  END IF;
END $$;

CREATE FUNCTION @schema@.hand_failure_v1(w @schema@.work, e @schema@.edge, d @schema@.job, p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  t @schema@.job;
  v_failure jsonb := w.data -> 'failure';
  v_gone bool;
BEGIN
  SELECT * INTO t FROM @schema@.job WHERE key = w.about;
  v_gone := (w.data ->> 'removed')::bool OR t.key IS NULL;
  IF v_gone AND e.kind = 1 THEN
    PERFORM @schema@.meet_v1(d, e, NULL, NULL, p_now);
  ELSIF e.on_error = 2 AND NOT v_gone THEN
    PERFORM @schema@.wait_on_v1(w, e, t);
  ELSIF e.on_error = 1 THEN
    PERFORM @schema@.meet_v1(d, e, NULL, v_failure, p_now);
  ELSE
    PERFORM @schema@.fail_v1(d, v_failure, 'dependency-failed', p_now);
  END IF;
END $$;

-- Wait for the next series; if that has come and ended meanwhile, it is told there.
CREATE FUNCTION @schema@.wait_on_v1(w @schema@.work, e @schema@.edge, t @schema@.job) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_key int8;
BEGIN
  DELETE FROM @schema@.edge WHERE key = e.key;
  INSERT INTO @schema@.edge (dependent, target, kind, on_error, hole, place)
  VALUES (e.dependent, e.target, e.kind, e.on_error, e.hole, coalesce(e.place, e.key)) RETURNING key INTO v_key;
  IF t.series = w.series OR t.state < 4 THEN RETURN; END IF;
  t := @schema@.shared_v1(t);
  t := @schema@.released_v1(t, t.value, false);
  PERFORM @schema@.save_v1(t);
END $$;

-- An edge of a waiting job is met; with the last one the job is ready.
CREATE FUNCTION @schema@.meet_v1(d @schema@.job, e @schema@.edge, p_value int8, p_failure jsonb, p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM @schema@.edge WHERE key = e.key;
  IF e.kind = 0 AND (p_value IS NOT NULL OR p_failure IS NOT NULL) THEN
    INSERT INTO @schema@.arg (job, hole, value, failure) VALUES (d.key, e.hole, p_value, p_failure);
  END IF;
  IF NOT EXISTS (SELECT FROM @schema@.edge WHERE dependent = d.key) THEN PERFORM @schema@.free_v1(d, p_now); END IF;
END $$;

-- A deferred job waits for nothing any more.
CREATE FUNCTION @schema@.free_v1(d @schema@.job, p_now int8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM @schema@.displace_v1(d);
  d.history := @schema@.noted_v1(d, 'released', p_now, NULL);
  d := @schema@.make_ready_v1(d, p_now);
  PERFORM @schema@.count_v1(d.ns, d.queue, 0, d.state);
  PERFORM @schema@.save_v1(d);
END $$;
