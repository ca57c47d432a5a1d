-- Look up what the edges of a new job name; the first that cannot be is the refusal. Edges are [kind, on, onError],
-- where `on` is an id, or the index of an earlier item of the call. Jobs that have not ended stay so until the call is
-- over.
CREATE FUNCTION @schema@.find_edges_v1(
  p_ns int, p_now int8, p_id text, p_edges jsonb, p_index int, p_ids text[], p_answers jsonb[],
  OUT edges @schema@.found_edge_v1[], OUT refusal jsonb
) LANGUAGE plpgsql AS $$
DECLARE
  e jsonb;
  t @schema@.job;
  v_on text;
  v_at int;
BEGIN
  edges := '{}';
  FOR e IN SELECT each.value FROM jsonb_array_elements(p_edges) AS each LOOP
    v_on := e ->> 1;
    v_at := CASE WHEN jsonb_typeof(e -> 1) = 'number' THEN v_on::int END;
    IF v_at IS NOT NULL THEN
      IF v_at + 1 >= p_index OR p_answers[v_at + 1] IS NOT NULL AND p_answers[v_at + 1] <> '"existing"' THEN
        refusal := jsonb_build_object('code', 'dependency', 'index', v_at);
        RETURN;
      END IF;
      v_on := p_ids[v_at + 1];
    END IF;
    IF v_on = p_id THEN
      refusal := jsonb_build_object('code', 'dependency-cycle', 'about', p_id);
      RETURN;
    END IF;
    SELECT * INTO t FROM @schema@.job WHERE ns = p_ns AND id = v_on FOR SHARE;
    IF e ->> 0 = '0' THEN
      refusal := CASE
        WHEN t.key IS NULL THEN jsonb_build_object('code', 'no-such-job', 'about', v_on)
        WHEN t.ignore_result THEN jsonb_build_object('code', 'result-ignored', 'about', v_on)
        WHEN t.state = 4 AND NOT @schema@.has_result_v1(t, p_now)
          THEN jsonb_build_object('code', 'task-expired', 'about', v_on)
      END;
      IF refusal IS NOT NULL THEN RETURN; END IF;
    END IF;
    edges := array_append(edges, ((e ->> 0)::int2, (e ->> 2)::int2, t.key)::@schema@.found_edge_v1);
  END LOOP;
END $$;

-- Give a job its edges: those to jobs that have ended are met or decide it, the others wait. Returns the failure with
-- which it fails at once, and how many arguments it has.
CREATE FUNCTION @schema@.link_edges_v1(
  j @schema@.job, p_found @schema@.found_edge_v1[], p_first_hole int, OUT failure jsonb, OUT holes int
) LANGUAGE plpgsql AS $$
DECLARE
  f @schema@.found_edge_v1;
  v_hole int;
BEGIN
  IF p_found IS NULL THEN RETURN; END IF;
  FOREACH f IN ARRAY p_found LOOP
    v_hole := -1;
    IF f.kind = 0 THEN
      v_hole := coalesce(holes, p_first_hole);
      holes := v_hole + 1;
    END IF;
    CONTINUE WHEN f.target IS NULL OR failure IS NOT NULL;
    failure := @schema@.link_v1(j, f, v_hole);
  END LOOP;
END $$;

CREATE FUNCTION @schema@.link_v1(j @schema@.job, f @schema@.found_edge_v1, p_hole int) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  t @schema@.job;
BEGIN
  SELECT * INTO t FROM @schema@.job WHERE key = f.target;
  IF t.state = 4 THEN
    IF f.kind = 0 THEN PERFORM @schema@.fill_from_v1(j.key, p_hole, t); END IF;
    RETURN NULL;
  END IF;
  IF t.state > 4 AND f.on_error = 0 THEN RETURN t.failure; END IF;
  IF t.state > 4 AND f.on_error = 1 THEN
    IF f.kind = 0 THEN INSERT INTO @schema@.arg (job, hole, failure) VALUES (j.key, p_hole, t.failure); END IF;
    RETURN NULL;
  END IF;
  INSERT INTO @schema@.edge (dependent, target, kind, on_error, hole) VALUES (j.key, t.key, f.kind, f.on_error, p_hole);
  RETURN NULL;
END $$;

-- An argument of a job is the result that another one has.
CREATE FUNCTION @schema@.fill_from_v1(p_job int8, p_hole int, t @schema@.job) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF t.value IS NULL THEN
    t := @schema@.shared_v1(t);
    UPDATE @schema@.job SET value = t.value, result = NULL, result_raw = NULL WHERE key = t.key;
  END IF;
  INSERT INTO @schema@.arg (job, hole, value) VALUES (p_job, p_hole, t.value);
END $$;
