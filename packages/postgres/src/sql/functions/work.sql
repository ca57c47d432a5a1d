-- Do at most `p_budget` steps of the work list, oldest first. Returns how many are left of it. The caller has the lock
-- of the graph.
CREATE FUNCTION @schema@.work_v1(p_ns int, p_now int8, p_budget int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  w @schema@.work;
  v_left int := p_budget;
  v_steps int;
BEGIN
  WHILE v_left > 0 LOOP
    SELECT * INTO w FROM @schema@.work WHERE ns = p_ns ORDER BY key LIMIT 1;
    EXIT WHEN NOT FOUND;
    v_steps := CASE w.kind
      WHEN 'release' THEN @schema@.release_v1(w, v_left, p_now)
      WHEN 'take-back' THEN @schema@.take_back_v1(w, v_left, p_now)
      WHEN 'cascade' THEN @schema@.cascade_v1(w, v_left, p_now)
      WHEN 'forward-cancel' THEN @schema@.cancel_forward_v1(w, p_now)
      WHEN 'cycle' THEN @schema@.search_on_v1(w, v_left, p_now)
      WHEN 'join' THEN @schema@.join_v1(w, p_now)
      WHEN 'complete' THEN @schema@.complete_v1(w, p_now)
      WHEN 'drain' THEN @schema@.drain_some_v1(w, v_left, p_now)
    END;
    IF v_steps < v_left OR w.kind IN ('forward-cancel', 'join', 'complete') THEN
      DELETE FROM @schema@.work WHERE ns = w.ns AND key = w.key;
      IF w.value IS NOT NULL THEN PERFORM @schema@.forget_values_v1(ARRAY[w.value]); END IF;
    END IF;
    v_left := v_left - v_steps;
  END LOOP;
  RETURN v_left;
END $$;

-- Do the share of the work list that each call does.
CREATE FUNCTION @schema@.work_off_v1(p_ns int, p_now int8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM @schema@.work WHERE ns = p_ns) THEN RETURN; END IF;
  PERFORM @schema@.work_v1(p_ns, p_now, 256);
  IF EXISTS (SELECT FROM @schema@.work WHERE ns = p_ns) THEN PERFORM @schema@.say_due_v1(p_ns, p_now); END IF;
END $$;

-- The same for calls that may not have the lock of the graph.
CREATE FUNCTION @schema@.work_off_if_any_v1(p_ns int, p_now int8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM @schema@.work WHERE ns = p_ns) THEN RETURN; END IF;
  IF @schema@.try_lock_graph_v1(p_ns) THEN PERFORM @schema@.work_off_v1(p_ns, p_now); END IF;
END $$;
