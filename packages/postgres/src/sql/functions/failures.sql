-- Failure records that the store makes itself.
CREATE FUNCTION @schema@.failure_v1(j @schema@.job, p_kind text, p_code text, p_text text, p_group text)
RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('kind', p_kind, 'code', p_code, 'task', j.task, 'queue', j.queue, 'id', j.id,
    'text', p_text, 'group', p_group)
$$;

-- Of a job that a user canceled.
CREATE FUNCTION @schema@.canceled_failure_v1(j @schema@.job, p_reason text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT @schema@.failure_v1(j, 'canceled', 'TASK_FAILED',
    CASE WHEN p_reason = '' THEN 'canceled' ELSE 'canceled: ' || p_reason END, 'canceled')
$$;

-- Of a job that went with its queue.
CREATE FUNCTION @schema@.drained_failure_v1(j @schema@.job) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT @schema@.failure_v1(j, 'canceled', 'TASK_EXPIRED', 'task expired before a result was returned', 'canceled')
$$;

-- Of a job whose sessions ended too often.
CREATE FUNCTION @schema@.lost_failure_v1(j @schema@.job) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT @schema@.failure_v1(j, 'lost', 'TASK_EXPIRED', 'lost: its worker stopped answering ' || j.crashes
    || CASE WHEN j.crashes = 1 THEN ' time' ELSE ' times' END, 'lost') || jsonb_build_object('token', j.token)
$$;

-- Of a job that forwarded to another one whose outcome it cannot have.
CREATE FUNCTION @schema@.forward_failure_v1(j @schema@.job, p_to text, p_reason text)
RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT @schema@.failure_v1(j, 'invalid-output', 'TASK_FAILED',
    'it returned a Deferred of job ' || p_to || ', ' || p_reason, 'invalid-output') || jsonb_build_object('token', j.token)
$$;

-- Of a job that forwarded to one that waits for it.
CREATE FUNCTION @schema@.forward_cycle_failure_v1(j @schema@.job, p_to text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT @schema@.forward_failure_v1(j, p_to, 'which waits for this job') || '{"code": "DEPENDENCY_CYCLE"}'
$$;

-- Of a job that would wait for itself.
CREATE FUNCTION @schema@.cycle_failure_v1(j @schema@.job) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT @schema@.failure_v1(j, 'dependency-failed', 'DEPENDENCY_CYCLE',
    'it would wait for itself: its last dependency closes a cycle', 'dependency-cycle')
$$;

-- Of a job whose argument was removed before it failed or succeeded after all.
CREATE FUNCTION @schema@.removed_failure_v1(j @schema@.job) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT @schema@.failure_v1(j, 'expired', 'TASK_EXPIRED', 'task expired before a result was returned', 'expired')
$$;
