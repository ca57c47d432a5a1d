-- Records in the order of the ids, as JSON: null for an unknown one.
CREATE FUNCTION @schema@.read_v1(p_ns int, p_ids text[]) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
DECLARE
  v_now int8 := @schema@.clock_v1(p_ns);
BEGIN
  RETURN (
    SELECT coalesce(json_agg(
      CASE WHEN found.key IS NOT NULL THEN @schema@.record_v1(found.job, o.held, o.owner, v_now) END ORDER BY u.ord
    ), '[]')
    FROM unnest(p_ids) WITH ORDINALITY AS u(id, ord)
    LEFT JOIN LATERAL (
      SELECT (job).key, job FROM @schema@.job WHERE ns = p_ns AND id = u.id OFFSET 0
    ) AS found ON true
    LEFT JOIN LATERAL @schema@.owner_of_v1(p_ns, found.job) AS o ON (found.job).state = 2
  );
END $$;

-- The claim of a job and whose it is.
CREATE FUNCTION @schema@.owner_of_v1(p_ns int, j @schema@.job, OUT held @schema@.held, OUT owner text)
LANGUAGE plpgsql AS $$
BEGIN
  held := @schema@.claim_of_v1(p_ns, j.key);
  owner := (SELECT id FROM @schema@.session WHERE key = (held).session);
END $$;

-- One record: what the client cannot tell from its columns is worked out here.
CREATE FUNCTION @schema@.record_v1(j @schema@.job, h @schema@.held, p_owner text, p_now int8)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_history jsonb := coalesce(j.history, @schema@.plain_history_v1(j));
BEGIN
  IF h.job IS NOT NULL THEN
    j := @schema@.as_completed_v1(j, h);
    IF j.state = 4 THEN RETURN @schema@.record_v1(j, NULL, NULL, p_now); END IF;
    v_history := @schema@.with_entry_v1(v_history, 'claimed', h.claimed_at, p_owner);
  END IF;
  RETURN json_build_object(
    'id', j.id, 'task', j.task, 'queue', j.queue, 'state', CASE WHEN h.job IS NULL THEN j.state ELSE 3 END,
    'priority', j.priority, 'series', j.series, 'attempt', j.attempt + (h.job IS NOT NULL)::int,
    'failures', j.failures, 'crashes', j.crashes,
    'input', json_build_array(j.input, encode(j.input_raw, 'base64')),
    'run', j.run::json, 'maxCrashes', j.max_crashes, 'resultTtlMs', j.result_ttl, 'ignoreResult', j.ignore_result,
    'tags', j.tags::json, 'meta', j.meta, 'parent', j.parent, 'createdAt', j.created_at
  )::jsonb || jsonb_build_object(
    'runAt', j.run_at, 'claimedAt', coalesce(h.claimed_at, j.claimed_at), 'endedAt', j.ended_at,
    'session', p_owner, 'token', h.token, 'canceling', h.canceling,
    'unmet', (
      SELECT jsonb_agg(jsonb_build_array(e.kind, t.id, e.on_error) ORDER BY coalesce(e.place, e.key))
      FROM @schema@.edge e JOIN @schema@.job t ON t.key = e.target WHERE e.dependent = j.key AND e.kind < 2
    ),
    'dependents', (
      SELECT jsonb_agg(few.id) FROM (
        SELECT DISTINCT d.id FROM @schema@.edge e JOIN @schema@.job d ON d.key = e.dependent
        WHERE e.target = j.key AND e.key > coalesce(j.released, 0) AND e.kind < 2 LIMIT 25
      ) AS few
    ),
    'dependentCount', (
      SELECT count(*) FROM @schema@.edge e WHERE e.target = j.key AND e.key > coalesce(j.released, 0)
    ),
    'forwardedTo', j.forwarded_to,
    'progress', j.progress, 'output', CASE WHEN j.output IS NOT NULL OR j.output_raw IS NOT NULL
      THEN jsonb_build_array(j.output, encode(j.output_raw, 'base64')) END,
    'kind', j.kind, 'failure', j.failure,
    'resultUntil', CASE WHEN @schema@.has_result_v1(j, p_now) THEN j.result_until::text END,
    'history', v_history
  );
END $$;
