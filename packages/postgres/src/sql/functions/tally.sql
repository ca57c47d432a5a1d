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

-- How many jobs are in each state, of one queue or of all: [[queue, [deferred, scheduled …]] …], the empty ones left out.
CREATE FUNCTION @schema@.counts_v1(p_ns int, p_queue text) RETURNS text LANGUAGE sql AS $$
  SELECT coalesce(json_agg(json_build_array(queue, counts)), '[]')::text AS reply FROM (
    SELECT queue, json_build_array(
      sum(deferred), sum(scheduled), sum(enqueued), sum(processing), sum(success), sum(failed), sum(canceled)
    ) AS counts
    FROM @schema@.tally
    WHERE ns = p_ns AND (p_queue IS NULL OR queue = p_queue)
    GROUP BY queue
    HAVING sum(deferred) + sum(scheduled) + sum(enqueued) + sum(processing)
      + sum(success) + sum(failed) + sum(canceled) > 0
  ) AS each
$$;

-- Make one row of the many changes of each queue. Rows of calls that have not committed are left for the next time.
CREATE FUNCTION @schema@.fold_counts_v1(p_ns int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH gone AS (
    DELETE FROM @schema@.tally
    WHERE ns = p_ns AND queue IN (
      SELECT queue FROM @schema@.tally WHERE ns = p_ns GROUP BY queue HAVING count(*) > 1
    )
    RETURNING *
  )
  INSERT INTO @schema@.tally (ns, queue, deferred, scheduled, enqueued, processing, success, failed, canceled)
  SELECT ns, queue,
    sum(deferred), sum(scheduled), sum(enqueued), sum(processing), sum(success), sum(failed), sum(canceled)
  FROM gone
  GROUP BY ns, queue
  HAVING sum(deferred) <> 0 OR sum(scheduled) <> 0 OR sum(enqueued) <> 0 OR sum(processing) <> 0
    OR sum(success) <> 0 OR sum(failed) <> 0 OR sum(canceled) <> 0;
END $$;
