-- Retention: results by the minute in which their life is over, then records: 7 days, and the newest 50,000.

-- A job has ended: see to it that its result and its record go when their time is over.
CREATE FUNCTION @schema@.retain_v1(j @schema@.job, p_now int8) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_at int8;
BEGIN
  IF NOT @schema@.holds_result_v1(j) THEN
    INSERT INTO @schema@.expendable (ns, at, jobs) VALUES (j.ns, p_now, ARRAY[j.key]);
    PERFORM @schema@.say_due_v1(j.ns, j.ended_at + 604800000);
  ELSIF j.result_until < 'Infinity' THEN
    v_at := ceil(j.result_until / 60000)::int8 * 60000;
    INSERT INTO @schema@.expiring (ns, at, jobs) VALUES (j.ns, v_at, ARRAY[j.key]);
    PERFORM @schema@.say_due_v1(j.ns, v_at);
  END IF;
END $$;

-- Forget an ended job: record, result and id.
CREATE FUNCTION @schema@.forget_v1(j @schema@.job) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM @schema@.released_v1(j, NULL, true);
  PERFORM @schema@.drop_args_v1(j.key);
  IF j.journal_last IS NOT NULL THEN DELETE FROM @schema@.journal WHERE job = j.key; END IF;
  DELETE FROM @schema@.job WHERE key = j.key;
  IF j.value IS NOT NULL THEN PERFORM @schema@.forget_values_v1(ARRAY[j.value]); END IF;
  PERFORM @schema@.count_v1(j.ns, j.queue, j.state, NULL);
END $$;

-- Drop results and forget records whose time is over, at most `p_budget` of them; returns how many.
CREATE FUNCTION @schema@.apply_retention_v1(p_ns int, p_now int8, p_budget int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_surplus int8 := @schema@.surplus_v1(p_ns);
  v_records int;
  v_results int;
BEGIN
  -- Those that lost their result before go first.
  SELECT r.steps, r.surplus INTO v_records, v_surplus
  FROM @schema@.expire_records_v1(p_ns, p_now, v_surplus, p_budget) AS r;
  v_results := @schema@.expire_results_v1(p_ns, p_now, v_surplus, p_budget - v_records);
  IF v_results = 0 THEN RETURN v_records; END IF;
  -- A record may be older than its result was kept.
  RETURN v_records + v_results + (
    SELECT steps
    FROM @schema@.expire_records_v1(p_ns, p_now, @schema@.surplus_v1(p_ns), p_budget - v_records - v_results)
  );
END $$;

-- Drop the results of which the time is over. Where there are too many records, and none that goes before them, these
-- go with their results: one write of each.
CREATE FUNCTION @schema@.expire_results_v1(p_ns int, p_now int8, p_surplus int8, p_budget int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  x @schema@.expiring;
  v_steps int := 0;
  v_some int8[];
  v_goes bool;
BEGIN
  WHILE v_steps < p_budget LOOP
    SELECT * INTO x FROM @schema@.expiring WHERE ns = p_ns AND at <= p_now ORDER BY at, key LIMIT 1;
    EXIT WHEN NOT FOUND;
    v_goes := p_surplus > 0 AND NOT EXISTS (SELECT FROM @schema@.expendable WHERE ns = p_ns);
    v_some := x.jobs[1:least(p_budget - v_steps, CASE WHEN v_goes THEN p_surplus ELSE p_budget END)::int];
    v_steps := v_steps + cardinality(v_some);
    DELETE FROM @schema@.expiring WHERE ns = p_ns AND at = x.at AND key = x.key;
    IF cardinality(v_some) < cardinality(x.jobs) THEN
      INSERT INTO @schema@.expiring (ns, at, jobs) VALUES (p_ns, x.at, x.jobs[cardinality(v_some) + 1:]);
    END IF;
    IF v_goes THEN
      p_surplus := p_surplus - @schema@.forget_expired_v1(p_ns, x.at, v_some);
    ELSE
      PERFORM @schema@.expire_some_v1(p_ns, x.at, v_some, p_now);
    END IF;
  END LOOP;
  RETURN v_steps;
END $$;

-- Drop the results of those whose time it is still: a job may have been started over since.
CREATE FUNCTION @schema@.expire_some_v1(p_ns int, p_at int8, p_jobs int8[], p_now int8) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_values int8[];
  v_gone int8[];
BEGIN
  WITH due AS (
    SELECT key, value FROM @schema@.job
    WHERE key = ANY (p_jobs) AND state = 4 AND result_until <= p_at
      AND (value IS NOT NULL OR result IS NOT NULL OR result_raw IS NOT NULL)
    ORDER BY key FOR UPDATE
  ), gone AS (
    UPDATE @schema@.job j SET result = NULL, result_raw = NULL, value = NULL, borrowed = NULL
    FROM due WHERE j.key = due.key
    RETURNING j.key, due.value
  )
  SELECT array_agg(key ORDER BY key), array_agg(value) FILTER (WHERE value IS NOT NULL) INTO v_gone, v_values FROM gone;
  IF v_gone IS NULL THEN RETURN; END IF;
  INSERT INTO @schema@.expendable (ns, at, jobs) VALUES (p_ns, p_now, v_gone);
  IF v_values IS NOT NULL THEN PERFORM @schema@.forget_values_v1(v_values); END IF;
END $$;

-- The same for records that go with their results. Returns how many went.
CREATE FUNCTION @schema@.forget_expired_v1(p_ns int, p_at int8, p_jobs int8[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_due int8[] := ARRAY(
    SELECT key FROM @schema@.job
    WHERE key = ANY (p_jobs) AND state = 4 AND result_until <= p_at
      AND (value IS NOT NULL OR result IS NOT NULL OR result_raw IS NOT NULL)
    ORDER BY key FOR UPDATE
  );
BEGIN
  PERFORM @schema@.forget_many_v1(v_due);
  RETURN cardinality(v_due);
END $$;

-- Records go in the order in which they lost their result, or had none: by age, or because there are too many.
CREATE FUNCTION @schema@.expire_records_v1(
  p_ns int, p_now int8, p_surplus int8, p_budget int, OUT steps int, OUT surplus int8
) LANGUAGE plpgsql AS $$
DECLARE
  x @schema@.expendable;
  v_done int;
BEGIN
  steps := 0;
  surplus := p_surplus;
  WHILE steps < p_budget LOOP
    SELECT * INTO x FROM @schema@.expendable WHERE ns = p_ns ORDER BY key LIMIT 1;
    EXIT WHEN NOT FOUND;
    SELECT r.done, r.surplus INTO v_done, surplus FROM @schema@.forget_some_v1(x, p_now, surplus, p_budget - steps) AS r;
    steps := steps + v_done;
    DELETE FROM @schema@.expendable WHERE ns = p_ns AND key = x.key AND v_done = cardinality(x.jobs);
    IF v_done < cardinality(x.jobs) THEN
      UPDATE @schema@.expendable SET jobs = x.jobs[v_done + 1:] WHERE ns = p_ns AND key = x.key AND v_done > 0;
      EXIT;
    END IF;
  END LOOP;
END $$;

-- Forget the first jobs of a row: while they are too old or too many. Some are none of them any more: removed, started
-- over, or ended again since.
CREATE FUNCTION @schema@.forget_some_v1(
  x @schema@.expendable, p_now int8, p_surplus int8, p_budget int, OUT done int, OUT surplus int8
) LANGUAGE plpgsql AS $$
DECLARE
  v_some int8[] := x.jobs[1:p_budget];
  v_upto int;
  v_gone int8[];
BEGIN
  PERFORM FROM @schema@.job WHERE key = ANY (v_some) ORDER BY key FOR UPDATE;
  WITH listed AS (
    SELECT u.ord, j.key, j.ended_at, count(j.key) OVER (ORDER BY u.ord) AS place
    FROM unnest(v_some) WITH ORDINALITY AS u(key, ord)
    LEFT JOIN @schema@.job j ON j.key = u.key AND j.state IN (4, 6) AND j.ended_at <= x.at
      AND j.value IS NULL AND j.result IS NULL AND j.result_raw IS NULL
  ), ends AS (
    SELECT min(ord) AS ord FROM listed
    WHERE key IS NOT NULL AND place > p_surplus AND ended_at + 604800000 > p_now
  )
  SELECT coalesce(ends.ord - 1, cardinality(v_some)),
    ARRAY(SELECT key FROM listed WHERE key IS NOT NULL AND (ends.ord IS NULL OR ord < ends.ord) ORDER BY ord)
  INTO v_upto, v_gone FROM ends;
  PERFORM @schema@.forget_many_v1(v_gone);
  done := v_upto;
  surplus := p_surplus - cardinality(v_gone);
END $$;

-- Forget ended jobs, whose rows are locked: records, results and ids.
CREATE FUNCTION @schema@.forget_many_v1(p_jobs int8[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
  v_awaited int8[];
  v_values int8[];
BEGIN
  IF p_jobs = '{}' THEN RETURN; END IF;
  v_awaited := ARRAY(SELECT DISTINCT target FROM @schema@.edge WHERE target = ANY (p_jobs));
  FOR j IN SELECT * FROM @schema@.job WHERE key = ANY (v_awaited) ORDER BY key LOOP
    PERFORM @schema@.forget_v1(j);
  END LOOP;
  WITH args AS (
    DELETE FROM @schema@.arg WHERE job = ANY (p_jobs) RETURNING value
  ), lines AS (
    DELETE FROM @schema@.journal WHERE job = ANY (p_jobs)
  ), gone AS (
    DELETE FROM @schema@.job WHERE key = ANY (p_jobs) RETURNING ns, queue, state, value
  ), counted AS (
    INSERT INTO @schema@.tally (ns, queue, success, failed, canceled)
    SELECT ns, queue, -count(*) FILTER (WHERE state = 4), -count(*) FILTER (WHERE state = 5),
      -count(*) FILTER (WHERE state = 6)
    FROM gone GROUP BY ns, queue
  )
  SELECT array_agg(DISTINCT value) INTO v_values
  FROM (SELECT value FROM args UNION ALL SELECT value FROM gone) AS each WHERE value IS NOT NULL;
  IF v_values IS NOT NULL THEN PERFORM @schema@.forget_values_v1(v_values); END IF;
END $$;

-- How many records of success and canceled there are beyond what is kept.
CREATE FUNCTION @schema@.surplus_v1(p_ns int) RETURNS int8 LANGUAGE plpgsql AS $$
BEGIN
  RETURN (
    SELECT coalesce(sum(success) + sum(canceled), 0) FROM @schema@.tally
    WHERE ns = p_ns AND key >= coalesce((SELECT key FROM @schema@.tally_mark WHERE ns = p_ns), 0)
  ) - 50000;
END $$;

-- When retention has something to do next.
CREATE FUNCTION @schema@.next_retention_v1(p_ns int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
  v_first int8[] := (SELECT jobs FROM @schema@.expendable WHERE ns = p_ns ORDER BY key LIMIT 1);
BEGIN
  RETURN least(
    (SELECT min(at) FROM @schema@.expiring WHERE ns = p_ns)::float8,
    (SELECT ended_at FROM @schema@.job WHERE key = v_first[1])::float8 + 604800000,
    'Infinity'
  );
END $$;
