-- How the life of a job ends.
local DEFAULT_TTL = 60 * 60 * 1000

local NAMES = { [5] = 'success', [6] = 'failed', [7] = 'canceled' }

local function finish(job, state)
  local by = job.owner
  lib.places.displace(job)
  lib.sessions.letGo(job)
  if job.rare then lib.edges.dropAll(job) end
  lib.queues.setState(job, state)
  job.endedAt = lib.space.now
  if job.rare then job.rare.followers = nil end
  lib.history.noteStamped(job, NAMES[state], by)
end

local function endWith(job, failure, kind)
  local rare = lib.jobs.rare(job)
  rare.failure = failure
  rare.kind = kind
end

-- The job ended well. `result`: a blob, or a reference; `ttl` in ms, or nil.
function ends.succeed(job, result, ttl)
  local rare = job.rare or {}
  local keep = rare.resultTtl or ttl or DEFAULT_TTL
  local ignored = rare.ignoreResult
  finish(job, STATE.success)
  job.resultUntil = lib.space.now + keep
  lib.values.hold(job, result)
  local isNeeded = not ignored and rare.deps
  if rare.deps then lib.releases.add(job, isNeeded and lib.values.lend(job) or false, ignored or false) end
  lib.outcomes.tell(job, job.result)
  lib.values.dropArguments(job)
  if ignored or keep <= 0 then lib.values.drop(job) end
  lib.retention.retain(job)
  if ignored then lib.retention.forget(job) end
end

-- The job ended badly; `kind` is its own, the record may be of another job.
function ends.fail(job, failure, kind)
  finish(job, STATE.failed)
  endWith(job, failure, kind or failure[1])
  if job.rare.deps then lib.releases.add(job, false, false) end
  lib.outcomes.tell(job, false)
  lib.retention.retain(job)
end

-- The job was ended by somebody.
function ends.cancel(job, failure)
  finish(job, STATE.canceled)
  endWith(job, failure, failure[1])
  if job.rare.deps then lib.releases.add(job, false, false) end
  lib.outcomes.tell(job, false)
  lib.values.dropArguments(job)
  lib.retention.retain(job)
end
