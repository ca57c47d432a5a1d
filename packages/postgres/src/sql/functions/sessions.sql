-- Open a session. Idempotent for the same id, but for a revision that rises: then its tasks and queues are those given.
CREATE FUNCTION @schema@.begin_v1(
  p_ns int, p_id text, p_lease_ms float8, p_tasks jsonb, p_queues text[], p_label text, p_owner text, p_revision int8
) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO @schema@.session AS s (ns, id, lease_ms, heard_at, tasks, solo, queues, label, owner, revision)
  VALUES (p_ns, p_id, coalesce(p_lease_ms, 'Infinity'), @schema@.clock_v1(p_ns), p_tasks,
    (SELECT array_agg(task) FROM jsonb_each(p_tasks) AS each(task, policy)
      WHERE jsonb_typeof(policy) = 'object' AND (policy ->> 'maxCrashes')::float8 = 1),
    p_queues, p_label, p_owner, p_revision)
  ON CONFLICT (ns, id) WHERE NOT closed DO UPDATE
    SET tasks = excluded.tasks, solo = excluded.solo, queues = excluded.queues, revision = excluded.revision
    WHERE excluded.revision > s.revision;
  RETURN 'null';
END $$;

-- Close a session: what it holds goes back, in steps. Answers the news.
CREATE FUNCTION @schema@.end_v1(p_ns int, p_id text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  s @schema@.session;
  v_now int8 := @schema@.clock_v1(p_ns);
BEGIN
  PERFORM @schema@.begin_news_v1();
  PERFORM @schema@.lock_session_v1(p_id);
  SELECT * INTO s FROM @schema@.session WHERE ns = p_ns AND id = p_id AND NOT closed FOR UPDATE;
  IF s.key IS NULL THEN RETURN '[]'; END IF;
  PERFORM @schema@.lock_graph_v1(p_ns);
  UPDATE @schema@.session SET ended = true, closed = true WHERE key = s.key;
  PERFORM @schema@.take_back_later_v1(s, false);
  PERFORM @schema@.work_off_v1(p_ns, v_now);
  RETURN @schema@.news_v1();
END $$;

-- Keep the lease of a session, and tell it what concerns what it holds: {held, canceled: [[id, token, reason] …],
-- lost}.
CREATE FUNCTION @schema@.renew_v1(p_ns int, p_id text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  s @schema@.session;
  v_now int8 := @schema@.clock_v1(p_ns);
  v_held int;
  v_canceled json;
  v_lost json;
BEGIN
  s := @schema@.live_session_v1(p_ns, p_id, v_now);
  UPDATE @schema@.session SET lease_end = v_now + lease_ms, heard_at = v_now
  WHERE key = s.key AND NOT ended AND NOT closed;
  IF NOT FOUND THEN s := @schema@.live_session_v1(p_ns, p_id, v_now); END IF;
  SELECT count(*), json_agg(json_build_array(j.id, h.token, h.canceling) ORDER BY h.number, h.ord)
      FILTER (WHERE h.canceling IS NOT NULL)
  INTO v_held, v_canceled
  FROM @schema@.held h LEFT JOIN @schema@.job j ON h.canceling IS NOT NULL AND j.key = h.job
  WHERE -h.session = -s.key AND h.place >= coalesce((SELECT place FROM @schema@.held_mark WHERE session = s.key), 0);
  WITH told AS (DELETE FROM @schema@.lost WHERE session = s.key RETURNING key, id, token)
  SELECT json_agg(json_build_array(id, token) ORDER BY key) INTO v_lost FROM told;
  RETURN json_build_object('held', v_held, 'canceled', v_canceled, 'lost', v_lost);
END $$;

-- Begin a new epoch of a session: {lost: [index …], applied: {lane: number}, news}.
CREATE FUNCTION @schema@.resume_v1(p_ns int, p_id text, p_epoch int8, p_ids text[], p_tokens int8[])
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  s @schema@.session;
  v_now int8 := @schema@.clock_v1(p_ns);
  v_lost json;
BEGIN
  PERFORM @schema@.begin_news_v1();
  PERFORM @schema@.lock_session_v1(p_id);
  s := @schema@.live_session_v1(p_ns, p_id, v_now);
  IF p_epoch < s.epoch THEN
    RAISE EXCEPTION USING ERRCODE = 'TS003',
      MESSAGE = 'resume of epoch ' || p_epoch || ': the session is in epoch ' || s.epoch;
  END IF;
  UPDATE @schema@.session SET lease_end = v_now + lease_ms WHERE key = s.key;
  IF p_epoch > s.epoch THEN
    s := @schema@.next_epoch_v1(s, p_epoch);
    PERFORM @schema@.lock_graph_v1(p_ns);
    PERFORM @schema@.take_back_unnamed_v1(s, p_ids, p_tokens, v_now);
    PERFORM @schema@.work_off_v1(p_ns, v_now);
  END IF;
  SELECT json_agg(u.ord - 1 ORDER BY u.ord) INTO v_lost
  FROM unnest(p_ids, p_tokens) WITH ORDINALITY AS u(id, token, ord)
  WHERE NOT EXISTS (
    SELECT FROM @schema@.job j JOIN @schema@.held h ON h.session = s.key AND h.job = j.key AND h.token = u.token
    WHERE j.ns = p_ns AND j.id = u.id
  );
  RETURN json_build_object('lost', v_lost, 'applied', s.applied, 'news', @schema@.news_v1()::json);
END $$;

CREATE FUNCTION @schema@.next_epoch_v1(s @schema@.session, p_epoch int8) RETURNS @schema@.session LANGUAGE plpgsql AS $$
BEGIN
  s.epoch := p_epoch;
  s.applied := coalesce(
    (SELECT jsonb_object_agg(lane, number) FROM @schema@.calls WHERE session = s.key), '{}'
  );
  UPDATE @schema@.session SET epoch = s.epoch, applied = s.applied WHERE key = s.key;
  DELETE FROM @schema@.calls WHERE session = s.key;
  -- Numbers start anew, and must not name what older ones claimed.
  UPDATE @schema@.held SET number = 0 WHERE session = s.key;
  RETURN s;
END $$;

CREATE FUNCTION @schema@.take_back_unnamed_v1(s @schema@.session, p_ids text[], p_tokens int8[], p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  h @schema@.held;
  j @schema@.job;
BEGIN
  FOR h IN SELECT * FROM @schema@.held WHERE session = s.key ORDER BY claimed_at, token, ord LOOP
    SELECT * INTO j FROM @schema@.job WHERE key = h.job FOR UPDATE;
    CONTINUE WHEN EXISTS (SELECT FROM unnest(p_ids, p_tokens) AS u(id, token) WHERE u.id = j.id AND u.token = h.token);
    SELECT * INTO h FROM @schema@.held WHERE session = s.key AND job = j.key;
    CONTINUE WHEN NOT FOUND OR @schema@.completed_v1(j, p_now);
    -- Its own pool does not know it: nobody waits for the transaction that has it.
    PERFORM FROM @schema@.held WHERE session = s.key AND job = j.key FOR UPDATE NOWAIT;
    IF h.canceling IS NULL THEN
      PERFORM @schema@.give_back_v1(j, h, 0, p_now);
    ELSE
      PERFORM @schema@.cancel_v1(j, h.cancel_failure, p_now);
    END IF;
  END LOOP;
END $$;

-- The claim does not count: the job goes back as it was.
CREATE FUNCTION @schema@.give_back_v1(j @schema@.job, h @schema@.held, p_delay float8, p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM @schema@.drop_claim_v1(h);
  j := @schema@.after_claim_v1(j, h);
  j.history := @schema@.noted_v1(j, 'returned', p_now, j.last_owner);
  j.attempt := j.attempt - 1;
  PERFORM @schema@.go_on_v1(j, p_delay, true, p_now);
END $$;

-- A job that was claimed waits again: for its time, at the front, or at the tail.
CREATE FUNCTION @schema@.go_on_v1(j @schema@.job, p_delay float8, p_front bool, p_now int8)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_delay > 0 THEN
    j.run_at := ceil(p_now + p_delay);
    j := @schema@.park_v1(j, 1);
  ELSIF p_front THEN
    j := @schema@.enlist_in_front_v1(j);
  ELSE
    j := @schema@.enlist_v1(j);
  END IF;
  PERFORM @schema@.count_v1(j.ns, j.queue, 3, j.state);
  PERFORM @schema@.save_v1(j);
END $$;

-- The sessions of an owner that live, for all the store knows: {sightings: [[id, seenAt, held] …], news}. Each is asked
-- to renew.
CREATE FUNCTION @schema@.sightings_v1(p_ns int, p_owner text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_found json;
BEGIN
  PERFORM @schema@.begin_news_v1();
  PERFORM @schema@.say_notice_v1(key) FROM @schema@.session
  WHERE ns = p_ns AND owner = p_owner AND NOT ended AND NOT closed;
  SELECT json_agg(json_build_array(s.id, s.heard_at, @schema@.count_held_v1(s.key))
    ORDER BY s.key)
  INTO v_found FROM @schema@.session s WHERE s.ns = p_ns AND s.owner = p_owner AND NOT s.ended AND NOT s.closed;
  RETURN json_build_object('sightings', coalesce(v_found, '[]'), 'news', @schema@.news_v1()::json);
END $$;

-- Whether a session can subscribe.
CREATE FUNCTION @schema@.hear_v1(p_ns int, p_id text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM @schema@.live_session_v1(p_ns, p_id, @schema@.clock_v1(p_ns));
  RETURN 'null';
END $$;
