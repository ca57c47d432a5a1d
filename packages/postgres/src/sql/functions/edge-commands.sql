-- Whether a job is deferred for others, and not for the outcome of its forward: then its life is behind it.
CREATE FUNCTION @schema@.is_waiting_v1(j @schema@.job) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  RETURN j.state = 0 AND NOT EXISTS (SELECT FROM @schema@.edge WHERE dependent = j.key AND kind = 2);
END $$;

-- Let a deferred job wait for more. Edges are [kind, on, onError].
CREATE FUNCTION @schema@.depend_v1(j @schema@.job, p_edges jsonb, p_now int8) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_found @schema@.found_edge_v1[];
  v_search @schema@.search_v1;
  v_before int8;
  v_failure jsonb;
BEGIN
  IF NOT @schema@.is_waiting_v1(j) THEN RETURN @schema@.wrong_state_v1(j); END IF;
  PERFORM FROM @schema@.job t WHERE t.ns = j.ns AND t.id IN (SELECT e ->> 1 FROM jsonb_array_elements(p_edges) AS e)
  ORDER BY t.key FOR SHARE;
  SELECT array_agg((1, (e.value ->> 2)::int2, t.key)::@schema@.found_edge_v1 ORDER BY e.ord) INTO v_found
  FROM jsonb_array_elements(p_edges) WITH ORDINALITY AS e(value, ord)
  JOIN @schema@.job t ON t.ns = j.ns AND t.id = e.value ->> 1;
  v_search := @schema@.search_cycle_v1(j.key, ARRAY(SELECT target FROM unnest(v_found)), '{}', 256);
  IF v_search.is_found THEN RETURN '{"code": "dependency-cycle"}'; END IF;
  v_before := (SELECT count(*) FROM @schema@.edge WHERE dependent = j.key);
  v_failure := (SELECT l.failure FROM @schema@.link_edges_v1(j, v_found, 0) AS l);
  IF v_failure IS NOT NULL THEN
    PERFORM @schema@.fail_v1(j, v_failure, 'dependency-failed', p_now);
    RETURN @schema@.done_v1(1);
  END IF;
  IF cardinality(v_search.open) > 0 THEN PERFORM @schema@.search_later_v1(j, v_search); END IF;
  RETURN @schema@.done_v1((SELECT count(*) FROM @schema@.edge WHERE dependent = j.key) - v_before);
END $$;

-- Let a deferred job not wait for something any more: ids, or "all".
CREATE FUNCTION @schema@.undepend_v1(j @schema@.job, p_on jsonb, p_now int8) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_count int8;
BEGIN
  IF NOT @schema@.is_waiting_v1(j) THEN RETURN @schema@.wrong_state_v1(j); END IF;
  WITH gone AS (
    DELETE FROM @schema@.edge e
    WHERE e.dependent = j.key AND e.kind = 1 AND (
      p_on = '"all"' OR e.target IN (
        SELECT t.key FROM @schema@.job t
        WHERE t.ns = j.ns AND t.id IN (SELECT jsonb_array_elements_text(CASE WHEN p_on = '"all"' THEN '[]' ELSE p_on END))
      )
    )
    RETURNING 1
  )
  SELECT count(*) INTO v_count FROM gone;
  IF v_count > 0 AND NOT EXISTS (SELECT FROM @schema@.edge WHERE dependent = j.key) THEN
    PERFORM @schema@.free_v1(j, p_now);
  END IF;
  RETURN @schema@.done_v1(v_count);
END $$;
