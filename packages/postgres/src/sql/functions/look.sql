-- Where a claim of a queue may begin, whether something stands before that, and whether something stands there or after
-- it. The place is that which was named, else that of the mark which sweeps leave; null where there is none.
CREATE FUNCTION @schema@.look_v1(
  p_ns int, p_queue text, p_rank int, p_position int8, OUT rank int, OUT place int8, OUT is_before bool, OUT is_there bool
) LANGUAGE plpgsql AS $$
BEGIN
  rank := p_rank;
  place := p_position;
  IF p_rank IS NULL THEN
    SELECT m.rank, m.position INTO rank, place FROM @schema@.low_mark m WHERE m.ns = p_ns AND m.queue = p_queue
    ORDER BY m.rank LIMIT 1;
  END IF;
  IF rank IS NULL THEN RETURN; END IF;
  SELECT EXISTS (
    SELECT FROM @schema@.ready r WHERE r.ns = p_ns AND r.queue = p_queue AND (r.rank, r.tail) < (look_v1.rank, true)
  ), EXISTS (
    SELECT FROM @schema@.ready r
    WHERE r.ns = p_ns AND r.queue = p_queue AND (r.rank, r.tail, r.position) >= (look_v1.rank, true, look_v1.place)
  ) INTO is_before, is_there;
END $$;

-- Whether any of some queues may have something, as far as a look at each of them tells.
CREATE FUNCTION @schema@.may_have_any_v1(p_ns int, p_queues text[], p_ranks int[], p_positions int8[])
RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
  v_is_any bool;
BEGIN
  FOR i IN 1..cardinality(p_queues) LOOP
    SELECT l.rank IS NULL OR l.is_before OR l.is_there INTO v_is_any
    FROM @schema@.look_v1(p_ns, p_queues[i], p_ranks[i], p_positions[i]) AS l;
    IF v_is_any THEN RETURN true; END IF;
  END LOOP;
  RETURN false;
END $$;
