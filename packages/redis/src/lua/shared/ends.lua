-- How the life of a job ends.
local DEFAULT_TTL = 60 * 60 * 1000

local NAMES = { [5] = 'success', [6] = 'failed', [7] = 'canceled' }

local function finish(job, state)
  local by = job.owner
  places.displace(job)
  sessions.letGo(job)
  edges.dropAll(job)
  queues.setState(job, state)
  job.endedAt = space.now
  if job.rare then job.rare.followers = nil end
  history.noteStamped(job, NAMES[state], by)
end

local function endWith(job, failure, kind)
  local rare = jobs.rare(job)
  rare.failure = failure
  rare.kind = kind
end

-- The job ended well. `result`: a blob, or a reference; `ttl` in ms, or nil.
function ends.succeed(job, result, ttl)
  local rare = job.rare or {}
  local keep = rare.resultTtl or ttl or DEFAULT_TTL
  local ignored = rare.ignoreResult
  finish(job, STATE.success)
  job.resultUntil = space.now + keep
  values.hold(job, result)
  local isNeeded = not ignored and rare.deps
  releases.add(job, isNeeded and values.share(job) or false, ignored or false)
  outcomes.tell(job, job.result)
  values.dropArguments(job)
  if ignored or keep <= 0 then values.drop(job) end
  retention.retain(job)
  if ignored then retention.forget(job) end
end

-- The job ended badly; `kind` is its own, the record may be of another job.
function ends.fail(job, failure, kind)
  finish(job, STATE.failed)
  endWith(job, failure, kind or failure[1])
  releases.add(job, false, false)
  outcomes.tell(job, false)
  retention.retain(job)
end

-- The job was ended by somebody.
function ends.cancel(job, failure)
  finish(job, STATE.canceled)
  endWith(job, failure, failure[1])
  releases.add(job, false, false)
  outcomes.tell(job, false)
  values.dropArguments(job)
  retention.retain(job)
end
