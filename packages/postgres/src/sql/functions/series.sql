-- Begin a new series of an id that is taken. Returns null, or that its new edges close a cycle, which is seen before
-- anything is changed.
CREATE FUNCTION @schema@.restart_v1(
  j @schema@.job, i @schema@.item_v1, p_found @schema@.found_edge_v1[], p_reuses bool, p_now int8
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_search @schema@.search_v1;
  v_kept @schema@.found_edge_v1[];
BEGIN
  IF @schema@.has_edges_to_v1(j) THEN
    v_search := @schema@.search_cycle_v1(j.key, (
      SELECT array_agg(f.target) FROM unnest(p_found) AS f WHERE f.target IS NOT NULL
    ), '{}', 256);
    IF v_search.is_found THEN RETURN jsonb_build_object('code', 'dependency-cycle', 'about', i.id); END IF;
  END IF;
  IF NOT p_reuses AND NOT EXISTS (SELECT FROM unnest(p_found) AS f WHERE f.kind = 1) THEN
    SELECT array_agg((e.kind, e.on_error, e.target)::@schema@.found_edge_v1 ORDER BY e.key) INTO v_kept
    FROM @schema@.edge e WHERE e.dependent = j.key AND e.kind = 1;
  END IF;
  j := @schema@.next_series_v1(j, i, p_reuses, p_now);
  PERFORM @schema@.start_v1(j, coalesce(p_found, '{}') || coalesce(v_kept, '{}'), 2, p_now);
  IF cardinality(v_search.open) > 0 THEN PERFORM @schema@.search_later_v1(j, v_search); END IF;
  RETURN NULL;
END $$;

-- The life of an id starts over: what the last series had goes. `p_reuses`: the old job leaves nothing but the jobs
-- that wait for its id; else the new one keeps what it is not given anew. It stands nowhere, counted as enqueued.
CREATE FUNCTION @schema@.next_series_v1(j @schema@.job, i @schema@.item_v1, p_reuses bool, p_now int8)
RETURNS @schema@.job LANGUAGE plpgsql AS $$
DECLARE
  h @schema@.held;
  v_old @schema@.job := j;
  v_from int := j.state;
BEGIN
  IF j.state < 3 AND NOT @schema@.displace_v1(j) AND j.state = 2 THEN
    h := @schema@.claim_of_v1(j.ns, j.key);
    IF h.job IS NULL THEN RAISE EXCEPTION 'the job is being moved' USING ERRCODE = '40001'; END IF;
    PERFORM @schema@.seize_v1(j.id, h);
    j := @schema@.after_claim_v1(j, h);
    v_from := 3;
  END IF;
  DELETE FROM @schema@.edge WHERE dependent = j.key;
  j := @schema@.without_result_v1(j);
  PERFORM @schema@.drop_args_v1(j.key);
  PERFORM @schema@.count_v1(j.ns, j.queue, v_from, NULL);
  PERFORM @schema@.count_v1(j.ns, i.queue, NULL, 2);
  IF j.journal_last IS NOT NULL THEN DELETE FROM @schema@.journal WHERE job = j.key; END IF;
  IF p_reuses THEN
    j.history := NULL;
  ELSE
    j.history := @schema@.noted_v1(j, 'replaced', p_now, NULL);
  END IF;
  UPDATE @schema@.job SET
    created_at = p_now, claimed_at = NULL, ended_at = NULL, result_until = NULL, token = j.token, state = 2,
    run_at = ceil(coalesce(i.run_at, p_now + i.delay)),
    position = NULL, placed = NULL, value = NULL, borrowed = NULL, decided = false, holes = NULL,
    ignore_result = coalesce((i.options ->> 'ignore')::bool, false),
    -- Who waited for an end has had it.
    reply = CASE WHEN v_old.state < 4 THEN reply END, journal_last = NULL,
    priority = coalesce(i.priority, CASE WHEN p_reuses THEN 0 ELSE j.priority END),
    series = j.series + 1, attempt = 0, failures = 0, crashes = 0,
    max_crashes = (i.options ->> 'maxCrashes')::int, result_ttl = (i.options ->> 'ttl')::float8,
    progress = NULL, task = i.task, queue = i.queue, last_owner = NULL, forwarded_to = NULL, parent = i.relations #>> '{parent,0}',
    run = CASE WHEN p_reuses THEN i.options ->> 'run' ELSE @schema@.with_retries_v1(i.options ->> 'run', v_old.run) END,
    tags = coalesce(i.options ->> 'tags', CASE WHEN NOT p_reuses THEN v_old.tags END),
    meta = coalesce(i.options ->> 'meta', CASE WHEN NOT p_reuses THEN v_old.meta END),
    kind = NULL, failure = NULL, input = i.input, input_raw = i.raw, result = NULL, result_raw = NULL,
    output = NULL, output_raw = NULL, history = j.history
  WHERE key = j.key RETURNING * INTO j;
  RETURN j;
END $$;

-- What a new job says of its runs, with the old one's retries if it does not say how many.
CREATE FUNCTION @schema@.with_retries_v1(p_run text, p_old text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF p_run::jsonb ? 'retries' OR p_old IS NULL OR NOT p_old::jsonb ? 'retries' THEN RETURN p_run; END IF;
  RETURN coalesce(p_run::jsonb, '{}') || jsonb_build_object('retries', p_old::jsonb -> 'retries');
END $$;
