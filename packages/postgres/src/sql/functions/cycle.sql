-- Look whether a job would wait for itself: walk from its new targets down the edges that are not met.
CREATE FUNCTION @schema@.search_cycle_v1(p_start int8, p_open int8[], p_seen int8[], p_visits int)
RETURNS @schema@.search_v1 LANGUAGE plpgsql AS $$
DECLARE
  r @schema@.search_v1 := (false, p_visits, coalesce(p_open, '{}'), p_seen);
  v_job int8;
BEGIN
  WHILE r.visits_left > 0 AND cardinality(r.open) > 0 LOOP
    v_job := r.open[cardinality(r.open)];
    r.open := r.open[:cardinality(r.open) - 1];
    IF v_job = p_start THEN
      r.is_found := true;
      RETURN r;
    END IF;
    CONTINUE WHEN v_job = ANY (r.seen);
    r.seen := array_append(r.seen, v_job);
    r.visits_left := r.visits_left - 1;
    r.open := r.open || ARRAY(SELECT target FROM @schema@.edge WHERE dependent = v_job ORDER BY key);
  END LOOP;
  RETURN r;
END $$;

-- Go on with a search that was too long for one call, in steps.
CREATE FUNCTION @schema@.search_later_v1(j @schema@.job, p_search @schema@.search_v1) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO @schema@.work (ns, kind, about, series, open, seen)
  VALUES (j.ns, 'cycle', j.key, j.series, p_search.open, p_search.seen);
END $$;

-- A cycle found now fails the job that closed it.
CREATE FUNCTION @schema@.search_on_v1(w @schema@.work, p_budget int, p_now int8) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
  r @schema@.search_v1;
  v_to text;
BEGIN
  SELECT * INTO j FROM @schema@.job WHERE key = w.about;
  IF j.key IS NULL OR j.series <> w.series OR j.state <> 0 THEN RETURN 0; END IF;
  r := @schema@.search_cycle_v1(j.key, w.open, w.seen, p_budget);
  IF r.is_found THEN
    SELECT t.id INTO v_to FROM @schema@.edge e JOIN @schema@.job t ON t.key = e.target
    WHERE e.dependent = j.key AND e.kind = 2;
    IF v_to IS NULL THEN
      PERFORM @schema@.fail_v1(j, @schema@.cycle_failure_v1(j), 'dependency-failed', p_now);
    ELSE
      PERFORM @schema@.fail_v1(j, @schema@.forward_cycle_failure_v1(j, v_to), 'invalid-output', p_now);
    END IF;
  END IF;
  IF r.is_found OR cardinality(r.open) = 0 THEN RETURN least(p_budget - r.visits_left, p_budget - 1); END IF;
  UPDATE @schema@.work SET open = r.open, seen = r.seen WHERE ns = w.ns AND key = w.key;
  RETURN p_budget;
END $$;
