-- Whoever changes what waits for what has this lock: releases, failures and cancels of jobs that others wait for, and
-- edges as they are made, but for those between new jobs of one call. Always taken before any row is locked, so that
-- those who have it never wait for each other.
CREATE FUNCTION @schema@.lock_graph_v1(p_ns int) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(1952543595, p_ns)
$$;

CREATE FUNCTION @schema@.try_lock_graph_v1(p_ns int) RETURNS bool LANGUAGE sql AS $$
  SELECT pg_try_advisory_xact_lock(1952543595, p_ns)
$$;

-- Locks of a session go by its id. A call of it is under way: nobody raises its epoch or ends it meanwhile.
CREATE FUNCTION @schema@.share_session_v1(p_session text) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock_shared(1952543603, hashtext(p_session))
$$;

CREATE FUNCTION @schema@.lock_session_v1(p_session text) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(1952543603, hashtext(p_session))
$$;

CREATE FUNCTION @schema@.try_lock_session_v1(p_session text) RETURNS bool LANGUAGE sql AS $$
  SELECT pg_try_advisory_xact_lock(1952543603, hashtext(p_session))
$$;
