-- What few jobs have; see `claimed_v1`.
CREATE FUNCTION @schema@.rare_v1(j @schema@.job) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  RETURN json_build_object(
    'raw', encode(j.input_raw, 'base64'), 'run', j.run::json, 'tags', j.tags::json, 'meta', j.meta,
    'ignore', j.ignore_result, 'args', (
      SELECT json_agg(coalesce(to_jsonb(a.value), a.failure) ORDER BY a.hole) FROM @schema@.arg a WHERE a.job = j.key
    ), 'holes', j.holes
  );
END $$;

-- Whether a job has something that few jobs have.
CREATE FUNCTION @schema@.is_rare_v1(j @schema@.job) RETURNS bool LANGUAGE sql IMMUTABLE AS $$
  SELECT j.input_raw IS NOT NULL OR j.run IS NOT NULL OR j.tags IS NOT NULL OR j.meta IS NOT NULL
    OR j.holes IS NOT NULL OR j.ignore_result
$$;

-- What few jobs have, null for a job that has nothing of it.
CREATE FUNCTION @schema@.rare_if_any_v1(j @schema@.job) RETURNS json LANGUAGE sql AS $$
  SELECT CASE WHEN @schema@.is_rare_v1(j) THEN @schema@.rare_v1(j) END
$$;

-- A claimed job as the reply has it: see `claimed_v1`.
CREATE FUNCTION @schema@.claimed_job_v1(j @schema@.job, p_token int8, p_priority int, p_ahead bool)
RETURNS text LANGUAGE sql AS $$
  SELECT json_build_array(
    j.id, j.task, j.queue, p_token, j.attempt + 1, j.failures, j.crashes, j.series, p_priority, j.created_at, p_ahead,
    j.input, @schema@.rare_if_any_v1(j)
  )::text
$$;

-- What else there is to say of a job in a group (see `handed_v1`): null, or [attempt, failures, crashes, series,
-- priority, rare].
CREATE FUNCTION @schema@.unusual_v1(j @schema@.job) RETURNS json LANGUAGE sql AS $$
  SELECT CASE WHEN j.attempt > 0 OR j.failures > 0 OR j.crashes > 0 OR j.series > 1 OR j.priority <> 0
    OR @schema@.is_rare_v1(j)
  THEN json_build_array(j.attempt + 1, j.failures, j.crashes, j.series, j.priority, @schema@.rare_if_any_v1(j)) END
$$;

-- Take jobs for a session, best first. Returns what was taken.
CREATE FUNCTION @schema@.take_v1(
  s @schema@.session, p_lane int, p_number int8, p_now int8, p_slots int, p_ahead int, p_bytes int8,
  p_queues text[], p_ranks int[], p_positions int8[]
) RETURNS @schema@.hand_v1 LANGUAGE plpgsql AS $$
DECLARE
  hand @schema@.hand_v1 := (s, p_lane, p_number, p_now, p_slots, p_ahead, p_bytes, 0, '{}', '', '', false, NULL,
    p_slots + p_ahead <= 0, '{}');
BEGIN
  FOR i IN 1..cardinality(p_queues) LOOP
    EXIT WHEN hand.is_full;
    hand := @schema@.take_from_v1(hand, p_queues[i], p_ranks[i], p_positions[i]);
  END LOOP;
  IF hand.taken > 0 THEN PERFORM @schema@.keep_lease_v1(s, p_now); END IF;
  RETURN hand;
END $$;

-- A claim sets the lease anew. Written only if that moves its end by more than a 64th of it, and then by as much more:
-- a row that each call updates would grow a chain of versions wherever somebody holds an old snapshot.
CREATE FUNCTION @schema@.keep_lease_v1(s @schema@.session, p_now int8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF s.lease_end < p_now + s.lease_ms THEN
    UPDATE @schema@.session SET lease_end = p_now + lease_ms + floor(lease_ms / 64) WHERE key = s.key;
  END IF;
  PERFORM @schema@.say_due_v1(s.ns, p_now + floor(s.lease_ms / 4));
END $$;

-- Take from a queue; the place says where the tail of its first line begins. What stood there before was taken: rows
-- that nobody can clean up while somebody holds an old snapshot are not passed again and again. Where nothing is said
-- it begins at the mark that sweeps leave; where there is none, or something stands before, at the front.
CREATE FUNCTION @schema@.take_from_v1(hand @schema@.hand_v1, p_queue text, p_rank int, p_position int8)
RETURNS @schema@.hand_v1 LANGUAGE plpgsql AS $$
DECLARE
  v_ns int := (hand.session).ns;
  v_rank int := p_rank;
  v_position int8 := p_position;
BEGIN
  IF p_rank IS NULL THEN
    SELECT rank, position INTO v_rank, v_position FROM @schema@.low_mark
    WHERE ns = v_ns AND queue = p_queue ORDER BY rank LIMIT 1;
  END IF;
  IF v_rank IS NOT NULL AND NOT @schema@.is_anything_before_v1(v_ns, p_queue, v_rank) THEN
    RETURN @schema@.take_range_v1(hand, p_queue, v_rank, true, v_position);
  END IF;
  IF p_rank IS NOT NULL THEN RETURN @schema@.take_from_v1(hand, p_queue, NULL, NULL); END IF;
  PERFORM @schema@.begin_mark_v1(v_ns, p_queue);
  RETURN @schema@.take_range_v1(hand, p_queue, -2147483648, false, 0);
END $$;

-- Take from a queue what stands at a place or after it.
CREATE FUNCTION @schema@.take_range_v1(
  hand @schema@.hand_v1, p_queue text, p_rank int, p_tail bool, p_position int8
) RETURNS @schema@.hand_v1 LANGUAGE plpgsql AS $$
DECLARE
  v_ns int := (hand.session).ns;
  v_mark int8 := (SELECT mark FROM @schema@.drain WHERE ns = v_ns AND queue = p_queue);
  v_rows tid[];
  v_jobs int8[];
  v_flags int;
  v_size int8;
  v_count int;
  -- Of those at the tails of their lines.
  v_ranks int[];
  v_positions int8[];
  v_values int8[] := '{}';
  v_value_size int8 := 0;
BEGIN
  SELECT array_agg(c.place), array_agg(c.job), bit_or(c.flags), sum(c.size), count(*),
    array_agg(c.rank) FILTER (WHERE c.tail), array_agg(c.position) FILTER (WHERE c.tail)
  INTO v_rows, v_jobs, v_flags, v_size, v_count, v_ranks, v_positions
  FROM (
    SELECT ctid AS place, job, rank, tail, position, flags, size FROM @schema@.ready
    WHERE ns = v_ns AND queue = p_queue AND (v_mark IS NULL OR coalesce(placed, position) >= v_mark)
      AND (rank, tail, position) >= (p_rank, p_tail, p_position)
    ORDER BY rank, tail, position LIMIT hand.slots + hand.ahead
    FOR UPDATE SKIP LOCKED
  ) AS c;
  IF v_count = 0 THEN RETURN hand; END IF;
  IF v_flags = 4 THEN
    SELECT array_agg(n.key), coalesce(sum(n.size), 0) INTO v_values, v_value_size
    FROM @schema@.new_values_v1(v_jobs, hand.vals) AS n;
    -- The reply has a table of values.
    hand.told := NULL;
  END IF;
  IF v_flags IN (0, 4) AND v_size + v_value_size <= hand.bytes AND (hand.session).solo IS NULL THEN
    hand.vals := hand.vals || coalesce(v_values, '{}');
    IF v_mark IS NULL AND v_ranks IS NOT NULL THEN
      hand.marks := hand.marks || ',[' || to_json(p_queue) || ',' || v_ranks[1] || ',' || v_positions[1] || ']';
    END IF;
    IF v_count = 1 THEN RETURN @schema@.take_lone_v1(hand, p_queue, v_rows[1], v_jobs[1], v_size + v_value_size); END IF;
    RETURN @schema@.take_plain_v1(hand, p_queue, v_rows, v_jobs, v_size + v_value_size);
  END IF;
  RETURN @schema@.take_with_care_v1(hand, p_queue, v_mark);
END $$;

-- Take jobs that may all go with this claim, in one step. The reply tells of them by columns: JSON finds out anew for
-- each value of a row what type it has.
CREATE FUNCTION @schema@.take_plain_v1(hand @schema@.hand_v1, p_queue text, p_rows tid[], p_jobs int8[], p_size int8)
RETURNS @schema@.hand_v1 LANGUAGE plpgsql AS $$
DECLARE
  v_count int := cardinality(p_jobs);
  v_token int8 := @schema@.token_v1(hand.now);
  v_told text;
BEGIN
  DELETE FROM @schema@.ready WHERE ctid = ANY (p_rows);
  INSERT INTO @schema@.tally (ns, queue, enqueued, processing)
  VALUES ((hand.session).ns, p_queue, -v_count, v_count);
  WITH found AS MATERIALIZED (
    SELECT key, greatest(token + 1, v_token) AS token, id, task, created_at, input,
      CASE WHEN hand.told IS NOT NULL THEN @schema@.unusual_v1(j) END AS unusual
    FROM @schema@.job j WHERE key = ANY (p_jobs)
  ), picked AS MATERIALIZED (
    SELECT u.ord, j.* FROM unnest(p_jobs) WITH ORDINALITY AS u(key, ord) JOIN found j ON j.key = u.key
  ), claimed AS (
    -- They have one place, drawn while this has the lock of the table: see `low-marks.sql`.
    INSERT INTO @schema@.held (session, job, token, claimed_at, number, lane, ord, ahead, place)
    SELECT (hand.session).key, key, token, hand.now, hand.number, hand.lane, hand.taken + ord, ord > hand.slots,
      (SELECT nextval($name$@schema@.position$name$))
    FROM picked
  )
  SELECT concat_ws(',', to_json(p_queue), hand.slots, to_json(array_agg(id)), to_json(array_agg(task)),
    to_json(array_agg(input)), to_json(array_agg(token)), to_json(array_agg(created_at)),
    CASE WHEN count(unusual) = 0 THEN 'null' ELSE to_json(array_agg(unusual))::text END)
  INTO v_told FROM (SELECT * FROM picked ORDER BY ord) AS in_order;
  hand.jobs := hand.jobs || p_jobs;
  hand.told := hand.told || ',[' || v_told || ']';
  hand.taken := hand.taken + v_count;
  hand.bytes := hand.bytes - p_size;
  hand.ahead := hand.ahead - greatest(v_count - hand.slots, 0);
  hand.slots := greatest(hand.slots - v_count, 0);
  hand.is_full := hand.slots + hand.ahead <= 0;
  RETURN hand;
END $$;

-- A fencing token: microseconds of the namespace's time, so that an id that is used again gets a higher one.
CREATE FUNCTION @schema@.token_v1(p_now int8) RETURNS int8 LANGUAGE sql AS $$
  SELECT p_now * 1000 + floor(extract(epoch FROM clock_timestamp()) * 1000000)::int8 % 1000
$$;

-- Take jobs one by one: some may not go with this claim, or need values.
CREATE FUNCTION @schema@.take_with_care_v1(hand @schema@.hand_v1, p_queue text, p_mark int8)
RETURNS @schema@.hand_v1 LANGUAGE plpgsql AS $$
DECLARE
  v_ns int := (hand.session).ns;
  v_passed int := 0;
  r @schema@.ready;
  j @schema@.job;
  v_result text;
BEGIN
  IF hand.has_suspect IS NULL THEN
    hand.has_suspect := EXISTS (SELECT FROM @schema@.held WHERE session = (hand.session).key AND suspect);
  END IF;
  FOR r IN
    SELECT * FROM @schema@.ready
    WHERE ns = v_ns AND queue = p_queue AND (p_mark IS NULL OR coalesce(placed, position) >= p_mark)
    ORDER BY rank, tail, position LIMIT hand.slots + hand.ahead + 256
    FOR UPDATE SKIP LOCKED
  LOOP
    EXIT WHEN hand.is_full OR v_passed >= 256;
    -- A session holds one suspect at a time.
    IF r.flags & 1 = 1 AND hand.has_suspect THEN
      v_passed := v_passed + 1;
      CONTINUE;
    END IF;
    SELECT * INTO j FROM @schema@.job WHERE key = r.job;
    hand := @schema@.take_one_v1(hand, r, j);
  END LOOP;
  RETURN hand;
END $$;

-- Take one job, or find that this claim is full.
CREATE FUNCTION @schema@.take_one_v1(hand @schema@.hand_v1, r @schema@.ready, j @schema@.job)
RETURNS @schema@.hand_v1 LANGUAGE plpgsql AS $$
DECLARE
  v_is_ahead bool := hand.slots <= 0;
  v_is_once bool := @schema@.max_crashes_v1(j, (hand.session).tasks) = 1;
  v_new int8[];
  v_size int8 := r.size;
BEGIN
  IF v_is_ahead AND (r.flags & 1 = 1 OR v_is_once) THEN
    hand.is_full := true;
    RETURN hand;
  END IF;
  IF r.flags & 4 = 4 THEN
    SELECT v_size + coalesce(sum(n.size), 0), array_agg(n.key) INTO v_size, v_new
    FROM @schema@.new_values_v1(ARRAY[j.key], hand.vals) AS n;
  END IF;
  IF hand.taken > 0 AND v_size > hand.bytes THEN
    hand.is_full := true;
    RETURN hand;
  END IF;
  DELETE FROM @schema@.ready
  WHERE ns = r.ns AND queue = r.queue AND rank = r.rank AND tail = r.tail AND position = r.position;
  hand.taken := hand.taken + 1;
  hand.jobs := array_append(hand.jobs, j.key);
  hand.told := NULL;
  hand.has_once := hand.has_once OR v_is_once;
  INSERT INTO @schema@.held (session, job, token, claimed_at, number, lane, ord, ahead, suspect)
  VALUES ((hand.session).key, j.key, greatest(j.token + 1, @schema@.token_v1(hand.now)), hand.now, hand.number, hand.lane,
    hand.taken, v_is_ahead, r.flags & 1 = 1);
  PERFORM @schema@.count_v1(j.ns, j.queue, 2, 3);
  hand.bytes := hand.bytes - v_size;
  hand.vals := hand.vals || coalesce(v_new, '{}');
  hand.has_suspect := hand.has_suspect OR r.flags & 1 = 1;
  IF v_is_ahead THEN hand.ahead := hand.ahead - 1; ELSE hand.slots := hand.slots - 1; END IF;
  hand.is_full := hand.slots + hand.ahead <= 0;
  RETURN hand;
END $$;

-- Values of jobs that ride in the reply, and that it does not have yet.
CREATE FUNCTION @schema@.new_values_v1(p_jobs int8[], p_known int8[]) RETURNS TABLE (key int8, size int8)
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  SELECT v.key, coalesce(octet_length(v.text), octet_length(v.raw) - 1)::int8
  FROM @schema@.value v
  WHERE v.key = ANY (ARRAY(SELECT DISTINCT value FROM @schema@.arg WHERE job = ANY (p_jobs) AND value IS NOT NULL))
    AND NOT v.key = ANY (p_known)
    AND coalesce(octet_length(v.text), octet_length(v.raw) - 1) <= 262144;
END $$;
