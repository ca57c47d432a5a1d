-- Failure records: kind, code, task, queue, id, text, group, stack, token, details; false where there is none.
local EXPIRED_TEXT = 'task expired before a result was returned'

local function record(job, kind, code, text, group, token)
  return { kind, code, job.task, job.queue, job.id, text, group, false, token or false, false }
end

function failures.canceled(job, reason)
  local text = reason == '' and 'canceled' or 'canceled: ' .. reason
  return record(job, 'canceled', 'TASK_FAILED', text, 'canceled')
end

function failures.drained(job)
  return record(job, 'canceled', 'TASK_EXPIRED', EXPIRED_TEXT, 'canceled')
end

function failures.lost(job)
  local times = job.crashes == 1 and '1 time' or string.format('%.0f times', job.crashes)
  return record(job, 'lost', 'TASK_EXPIRED', 'lost: its worker stopped answering ' .. times, 'lost', job.token)
end

function failures.forward(job, target, reason)
  local text = 'it returned a Deferred of job ' .. lib.jobs.shown(target) .. ', ' .. reason
  return record(job, 'invalid-output', 'TASK_FAILED', text, 'invalid-output', job.token)
end

-- Of a job that forwarded to one that waits for it.
function failures.forwardCycle(job, target)
  local failure = failures.forward(job, target, 'which waits for this job')
  failure[2] = 'DEPENDENCY_CYCLE'
  return failure
end

function failures.cycle(job)
  local text = 'it would wait for itself: its last dependency closes a cycle'
  return record(job, 'dependency-failed', 'DEPENDENCY_CYCLE', text, 'dependency-cycle')
end

-- Of a job whose argument was removed before it failed or succeeded after all.
function failures.removed(job)
  return record(job, 'expired', 'TASK_EXPIRED', EXPIRED_TEXT, 'expired')
end

-- The reason within the text of a canceled job.
function failures.reasonOf(failure)
  return (string.gsub(string.gsub(failure[6], '^canceled: ', ''), '^canceled', ''))
end
