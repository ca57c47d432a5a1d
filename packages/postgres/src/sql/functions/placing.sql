-- What a claim has to know of a job before it reads it: see `ready.flags`.
CREATE FUNCTION @schema@.flags_v1(j @schema@.job) RETURNS int2 LANGUAGE sql IMMUTABLE AS $$
  SELECT ((j.crashes > 0)::int + 2 * coalesce((j.max_crashes = 1)::int, 0)
    + 4 * (coalesce(j.holes, 0) > 0)::int)::int2
$$;

-- Put a job, which stands nowhere, at the tail of its line. Returns it as it is stored.
CREATE FUNCTION @schema@.enlist_v1(j @schema@.job) RETURNS @schema@.job LANGUAGE plpgsql AS $$
BEGIN
  j.state := 2;
  j.placed := NULL;
  -- Its place is drawn by the statement that puts it there: see low-marks.sql.
  INSERT INTO @schema@.ready (position, job, ns, rank, size, flags, queue)
  VALUES (nextval($name$@schema@.position$name$), j.key, j.ns, ~j.priority, coalesce(octet_length(j.input), octet_length(j.input_raw) - 1),
    @schema@.flags_v1(j), j.queue)
  RETURNING position INTO j.position;
  PERFORM @schema@.say_ready_v1(j.queue);
  RETURN j;
END $$;

-- Put a job that its owner had before all others of its line, in its old order.
CREATE FUNCTION @schema@.enlist_in_front_v1(j @schema@.job) RETURNS @schema@.job LANGUAGE plpgsql AS $$
BEGIN
  j.state := 2;
  j.placed := nextval($name$@schema@.position$name$);
  INSERT INTO @schema@.ready (position, job, placed, ns, rank, size, flags, tail, queue)
  VALUES (coalesce(j.position, j.key), j.key, j.placed, j.ns, ~j.priority,
    coalesce(octet_length(j.input), octet_length(j.input_raw) - 1), @schema@.flags_v1(j), false, j.queue);
  PERFORM @schema@.say_ready_v1(j.queue);
  RETURN j;
END $$;

-- Put a job where jobs wait: for others, or for their time.
CREATE FUNCTION @schema@.park_v1(j @schema@.job, p_state int) RETURNS @schema@.job LANGUAGE plpgsql AS $$
BEGIN
  j.state := p_state;
  j.position := nextval($name$@schema@.position$name$);
  j.placed := NULL;
  INSERT INTO @schema@.parked (position, job, run_at, ns, queue)
  VALUES (j.position, j.key, CASE WHEN p_state = 1 THEN j.run_at END, j.ns, j.queue);
  IF p_state = 1 THEN PERFORM @schema@.say_due_v1(j.ns, j.run_at); END IF;
  RETURN j;
END $$;

-- Take a job from where it waits. False if it is not there any more.
CREATE FUNCTION @schema@.displace_v1(j @schema@.job) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  IF j.state = 2 THEN
    DELETE FROM @schema@.ready
    WHERE ns = j.ns AND queue = j.queue AND rank = ~j.priority AND tail = (j.placed IS NULL)
      AND position = coalesce(j.position, j.key);
  ELSIF j.state < 2 THEN
    DELETE FROM @schema@.parked WHERE ns = j.ns AND queue = j.queue AND position = coalesce(j.position, j.key);
  END IF;
  RETURN FOUND;
END $$;

-- Let a job that waited for others, or is new, go where it belongs now.
CREATE FUNCTION @schema@.make_ready_v1(j @schema@.job, p_now int8) RETURNS @schema@.job LANGUAGE plpgsql AS $$
BEGIN
  IF j.run_at > p_now THEN RETURN @schema@.park_v1(j, 1); END IF;
  RETURN @schema@.enlist_v1(j);
END $$;

-- Whether a drain of its queue has come since the job was placed.
CREATE FUNCTION @schema@.is_drained_v1(j @schema@.job) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  RETURN j.state < 3 AND EXISTS (
    SELECT FROM @schema@.drain
    WHERE ns = j.ns AND queue = j.queue AND mark > coalesce(j.placed, j.position, j.key)
  );
END $$;

-- Write a job back after it was changed.
CREATE FUNCTION @schema@.save_v1(j @schema@.job) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE @schema@.job SET
    claimed_at = j.claimed_at, ended_at = j.ended_at, run_at = j.run_at, result_until = j.result_until, token = j.token,
    position = j.position, placed = j.placed, reply = j.reply, value = j.value, borrowed = j.borrowed,
    released = j.released, state = j.state, decided = j.decided, watched = j.watched, priority = j.priority,
    attempt = j.attempt, failures = j.failures, crashes = j.crashes, holes = j.holes, forwarded_to = j.forwarded_to,
    last_owner = j.last_owner, kind = j.kind, result = j.result, result_raw = j.result_raw, failure = j.failure,
    history = j.history
  WHERE key = j.key;
END $$;
