-- Whether a job has a result, of whatever age.
CREATE FUNCTION @schema@.holds_result_v1(j @schema@.job) RETURNS bool LANGUAGE sql IMMUTABLE AS $$
  SELECT j.value IS NOT NULL OR j.result IS NOT NULL OR j.result_raw IS NOT NULL
$$;

-- Whether a job has a result that readers may still have.
CREATE FUNCTION @schema@.has_result_v1(j @schema@.job, p_now int8) RETURNS bool LANGUAGE sql IMMUTABLE AS $$
  SELECT (j.value IS NOT NULL OR j.result IS NOT NULL OR j.result_raw IS NOT NULL) AND j.result_until > p_now
$$;

-- A job whose result is a row of `value`, so that others can have it as well.
CREATE FUNCTION @schema@.shared_v1(j @schema@.job) RETURNS @schema@.job LANGUAGE plpgsql AS $$
BEGIN
  IF j.value IS NOT NULL OR (j.result IS NULL AND j.result_raw IS NULL) THEN RETURN j; END IF;
  INSERT INTO @schema@.value (ns, id, series, text, raw)
  VALUES (j.ns, j.id, j.series, j.result, j.result_raw) RETURNING key INTO j.value;
  j.result := NULL;
  j.result_raw := NULL;
  RETURN j;
END $$;

-- Forget values that nobody has or needs any more. One look-up each, most likely first: an anti-join would read the
-- whole of what it joins.
CREATE FUNCTION @schema@.forget_values_v1(p_values int8[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM @schema@.value v
  WHERE v.key = ANY (p_values)
    AND (SELECT 1 FROM @schema@.job j WHERE j.ns = v.ns AND j.id = v.id AND j.value = v.key) IS NULL
    AND (SELECT 1 FROM @schema@.job WHERE borrowed = v.key LIMIT 1) IS NULL
    AND (SELECT 1 FROM @schema@.arg WHERE value = v.key LIMIT 1) IS NULL
    AND (SELECT 1 FROM @schema@.work WHERE value = v.key LIMIT 1) IS NULL;
END $$;

-- Jobs will not run again: their arguments are not needed.
CREATE FUNCTION @schema@.drop_all_args_v1(p_jobs int8[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_values int8[];
BEGIN
  WITH gone AS (DELETE FROM @schema@.arg WHERE job = ANY (p_jobs) RETURNING value)
  SELECT array_agg(DISTINCT value) INTO v_values FROM gone WHERE value IS NOT NULL;
  IF v_values IS NOT NULL THEN PERFORM @schema@.forget_values_v1(v_values); END IF;
END $$;

-- The same for one job.
CREATE FUNCTION @schema@.drop_args_v1(p_job int8) RETURNS void LANGUAGE sql AS $$
  SELECT @schema@.drop_all_args_v1(ARRAY[p_job])
$$;

-- A part of a stored result as [kind, size, base64], null if it is gone.
CREATE FUNCTION @schema@.read_value_v1(p_ns int, p_id text, p_series int, p_offset int8, p_length int8)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  j @schema@.job;
  v @schema@.value;
  v_text text;
  v_raw bytea;
  v_whole bytea;
BEGIN
  SELECT * INTO j FROM @schema@.job WHERE ns = p_ns AND id = p_id;
  IF j.series = p_series AND @schema@.holds_result_v1(j) THEN
    IF j.value IS NOT NULL THEN SELECT * INTO v FROM @schema@.value WHERE key = j.value; END IF;
    IF j.result_until <= @schema@.clock_v1(p_ns) AND (j.value IS NULL OR NOT @schema@.is_needed_v1(j.value)) THEN
      RETURN NULL;
    END IF;
    v_text := coalesce(v.text, j.result);
    v_raw := coalesce(v.raw, j.result_raw);
  ELSE
    SELECT * INTO v FROM @schema@.value WHERE ns = p_ns AND id = p_id AND series = p_series;
    v_text := v.text;
    v_raw := v.raw;
  END IF;
  IF v_text IS NULL AND v_raw IS NULL THEN RETURN NULL; END IF;
  v_whole := CASE WHEN v_text IS NULL THEN substr(v_raw, 2) ELSE convert_to(v_text, 'UTF8') END;
  RETURN json_build_array(
    CASE WHEN v_text IS NULL AND get_byte(v_raw, 0) = 0 THEN 'bytes' ELSE 'text' END,
    octet_length(v_whole),
    encode(substr(v_whole, (least(p_offset, 2147483646) + 1)::int, least(p_length, 2147483647)::int), 'base64')
  );
END $$;

-- Whether a dependent needs a value, or will when it is released.
CREATE FUNCTION @schema@.is_needed_v1(p_value int8) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (SELECT FROM @schema@.arg WHERE value = p_value)
    OR EXISTS (SELECT FROM @schema@.work WHERE value = p_value);
END $$;
