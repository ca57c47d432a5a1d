-- A job of a queue went from one state to another; null: it was not, or is not any more. States are indices of
-- JOB_STATES: 0 deferred, 1 scheduled, 2 enqueued, 3 processing, 4 success, 5 failed, 6 canceled.
CREATE FUNCTION @schema@.count_v1(p_ns int, p_queue text, p_from int, p_to int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_from IS NOT DISTINCT FROM p_to THEN RETURN; END IF;
  INSERT INTO @schema@.tally (ns, queue, deferred, scheduled, enqueued, processing, success, failed, canceled)
  VALUES (
    p_ns, p_queue,
    coalesce((p_to = 0)::int, 0) - coalesce((p_from = 0)::int, 0),
    coalesce((p_to = 1)::int, 0) - coalesce((p_from = 1)::int, 0),
    coalesce((p_to = 2)::int, 0) - coalesce((p_from = 2)::int, 0),
    coalesce((p_to = 3)::int, 0) - coalesce((p_from = 3)::int, 0),
    coalesce((p_to = 4)::int, 0) - coalesce((p_from = 4)::int, 0),
    coalesce((p_to = 5)::int, 0) - coalesce((p_from = 5)::int, 0),
    coalesce((p_to = 6)::int, 0) - coalesce((p_from = 6)::int, 0)
  );
END $$;

-- How many jobs are in each state, of one queue or of all: [[queue, [deferred, scheduled …]] …], the empty ones left
-- out.
CREATE FUNCTION @schema@.counts_v1(p_ns int, p_queue text) RETURNS text LANGUAGE sql AS $$
  SELECT coalesce(json_agg(json_build_array(queue, counts)), '[]')::text AS reply FROM (
    SELECT queue, json_build_array(
      sum(deferred), sum(scheduled), sum(enqueued), sum(processing), sum(success), sum(failed), sum(canceled)
    ) AS counts
    FROM @schema@.tally
    WHERE ns = p_ns AND (p_queue IS NULL OR queue = p_queue)
      AND key >= coalesce((SELECT key FROM @schema@.tally_mark WHERE ns = p_ns), 0)
    GROUP BY queue
    HAVING sum(deferred) + sum(scheduled) + sum(enqueued) + sum(processing)
      + sum(success) + sum(failed) + sum(canceled) > 0
  ) AS each
$$;

-- Make one row of the many changes of each queue. Rows of calls that have not committed are left for the next time.
CREATE FUNCTION @schema@.fold_counts_v1(p_ns int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_mark int8 := coalesce((SELECT key FROM @schema@.tally_mark WHERE ns = p_ns), 0);
BEGIN
  PERFORM @schema@.fold_counts_of_v1(p_ns, v_mark, ARRAY(
    SELECT queue FROM @schema@.tally WHERE ns = p_ns AND key >= v_mark GROUP BY queue HAVING count(*) > 1
  ));
END $$;

CREATE FUNCTION @schema@.fold_counts_of_v1(p_ns int, p_mark int8, p_queues text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_queues = '{}' THEN RETURN; END IF;
  WITH gone AS (
    DELETE FROM @schema@.tally WHERE ns = p_ns AND key >= p_mark AND queue = ANY (p_queues) RETURNING *
  )
  INSERT INTO @schema@.tally (ns, queue, deferred, scheduled, enqueued, processing, success, failed, canceled)
  SELECT ns, queue,
    sum(deferred), sum(scheduled), sum(enqueued), sum(processing), sum(success), sum(failed), sum(canceled)
  FROM gone
  GROUP BY ns, queue
  HAVING sum(deferred) <> 0 OR sum(scheduled) <> 0 OR sum(enqueued) <> 0 OR sum(processing) <> 0
    OR sum(success) <> 0 OR sum(failed) <> 0 OR sum(canceled) <> 0;
END $$;

-- Raise the mark of a namespace to its first row, at most to a key before which nobody adds one any more. A queue of
-- which nothing was counted for long holds it back: its row is made anew.
CREATE FUNCTION @schema@.raise_tally_mark_v1(p_ns int, p_key int8) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_mark int8 := coalesce((SELECT key FROM @schema@.tally_mark WHERE ns = p_ns), 0);
  v_first int8;
BEGIN
  IF p_key <= v_mark + 500 THEN RETURN; END IF;
  v_first := (
    SELECT key FROM @schema@.tally WHERE ns = p_ns AND key >= v_mark AND key < p_key ORDER BY key LIMIT 1
  );
  IF v_first + 5000 < p_key THEN
    PERFORM @schema@.fold_counts_of_v1(p_ns, v_mark, ARRAY(
      SELECT DISTINCT queue FROM @schema@.tally WHERE ns = p_ns AND key >= v_mark AND key < p_key
    ));
    v_first := NULL;
  END IF;
  v_first := coalesce(v_first, p_key);
  IF v_first <= v_mark + 500 THEN RETURN; END IF;
  INSERT INTO @schema@.tally_mark AS m (ns, key) VALUES (p_ns, v_first)
  ON CONFLICT (ns) DO UPDATE SET key = excluded.key;
END $$;
