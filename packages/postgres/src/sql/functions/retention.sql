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
  v_left int := p_budget;
BEGIN
  v_left := v_left - @schema@.expire_results_v1(p_ns, p_now, v_left);
  RETURN p_budget - v_left + @schema@.expire_records_v1(p_ns, p_now, v_left);
END $$;

CREATE FUNCTION @schema@.expire_results_v1(p_ns int, p_now int8, p_budget int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  x @schema@.expiring;
  v_steps int := 0;
  v_some int8[];
BEGIN
  WHILE v_steps < p_budget LOOP
    SELECT * INTO x FROM @schema@.expiring WHERE ns = p_ns AND at <= p_now ORDER BY at, key LIMIT 1;
    EXIT WHEN NOT FOUND;
    v_some := x.jobs[1:p_budget - v_steps];
    v_steps := v_steps + cardinality(v_some);
    DELETE FROM @schema@.expiring WHERE ns = p_ns AND at = x.at AND key = x.key;
    IF cardinality(v_some) < cardinality(x.jobs) THEN
      INSERT INTO @schema@.expiring (ns, at, jobs) VALUES (p_ns, x.at, x.jobs[cardinality(v_some) + 1:]);
    END IF;
    PERFORM @schema@.expire_some_v1(p_ns, x.at, v_some, p_now);
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
    UPDATE @schema@.job j SET result = NULL, result_raw = NULL, value = NULL FROM due WHERE j.key = due.key
    RETURNING j.key, due.value
  )
  SELECT array_agg(key ORDER BY key), array_agg(value) FILTER (WHERE value IS NOT NULL) INTO v_gone, v_values FROM gone;
  IF v_gone IS NULL THEN RETURN; END IF;
  INSERT INTO @schema@.expendable (ns, at, jobs) VALUES (p_ns, p_now, v_gone);
  IF v_values IS NOT NULL THEN PERFORM @schema@.forget_values_v1(v_values); END IF;
END $$;

-- Records go in the order in which they lost their result, or had none: by age, or because there are too many.
CREATE FUNCTION @schema@.expire_records_v1(p_ns int, p_now int8, p_budget int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  x @schema@.expendable;
  v_steps int := 0;
  v_done int;
  v_surplus int8 := @schema@.surplus_v1(p_ns);
BEGIN
  WHILE v_steps < p_budget LOOP
    SELECT * INTO x FROM @schema@.expendable WHERE ns = p_ns ORDER BY key LIMIT 1;
    EXIT WHEN NOT FOUND;
    SELECT r.done, r.surplus INTO v_done, v_surplus
    FROM @schema@.forget_some_v1(x, p_now, v_surplus, p_budget - v_steps) AS r;
    v_steps := v_steps + v_done;
    DELETE FROM @schema@.expendable WHERE ns = p_ns AND key = x.key AND v_done = cardinality(x.jobs);
    IF v_done < cardinality(x.jobs) THEN
      UPDATE @schema@.expendable SET jobs = x.jobs[v_done + 1:] WHERE ns = p_ns AND key = x.key AND v_done > 0;
      EXIT;
    END IF;
  END LOOP;
  RETURN v_steps;
END $$;

-- Forget the first jobs of a row: while they are too old or too many.
CREATE FUNCTION @schema@.forget_some_v1(
  x @schema@.expendable, p_now int8, p_surplus int8, p_budget int, OUT done int, OUT surplus int8
) LANGUAGE plpgsql AS $$
DECLARE
  v_key int8;
  j @schema@.job;
BEGIN
  done := 0;
  surplus := p_surplus;
  FOREACH v_key IN ARRAY x.jobs LOOP
    EXIT WHEN done >= p_budget;
    SELECT * INTO j FROM @schema@.job WHERE key = v_key FOR UPDATE;
    -- Removed, started over, or ended again since.
    IF j.key IS NULL OR j.state NOT IN (4, 6) OR j.ended_at > x.at OR @schema@.holds_result_v1(j) THEN
      done := done + 1;
      CONTINUE;
    END IF;
    EXIT WHEN surplus <= 0 AND j.ended_at + 604800000 > p_now;
    PERFORM @schema@.forget_v1(j);
    surplus := surplus - 1;
    done := done + 1;
  END LOOP;
END $$;

-- How many records of success and canceled there are beyond what is kept.
CREATE FUNCTION @schema@.surplus_v1(p_ns int) RETURNS int8 LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT coalesce(sum(success) + sum(canceled), 0) FROM @schema@.tally WHERE ns = p_ns) - 50000;
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
