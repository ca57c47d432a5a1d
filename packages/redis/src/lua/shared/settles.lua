-- What becomes of claimed jobs.
local BACKOFF = { 0, 1000, 5000 }
local UNKNOWN_TASK_DELAY = 1000
local DEFAULT_MAX_CRASHES = 3

-- The claim does not count: it goes back as it was.
function settles.giveBack(job, delay)
  lib.history.note(job, 'returned', job.owner)
  job.attempt = job.attempt - 1
  lib.sessions.letGo(job)
  if delay > 0 then lib.places.schedule(job, lib.space.now + delay) else lib.places.enlistInFront(job) end
end

-- Later settlements with this token are told that it has decided the job.
local function decide(job)
  job.isDecided = true
end

local function retry(job, delay)
  lib.history.note(job, 'retried', job.owner)
  job.failures = job.failures + 1
  lib.sessions.letGo(job)
  if delay > 0 then lib.places.schedule(job, lib.space.now + delay) else lib.places.enlist(job) end
end

local function crash(job, failure)
  local owner = lib.sessions.get(job.owner)
  local most = job.rare and job.rare.maxCrashes or lib.sessions.maxCrashes(owner, job.task) or DEFAULT_MAX_CRASHES
  job.crashes = job.crashes + 1
  lib.history.note(job, 'crashed', job.owner)
  if job.crashes >= most then
    decide(job)
    failure[1] = 'lost'
    failure[2] = 'TASK_EXPIRED'
    return lib.ends.fail(job, failure)
  end
  lib.sessions.letGo(job)
  local delay = BACKOFF[math.min(job.crashes, #BACKOFF)]
  if delay > 0 then lib.places.schedule(job, lib.space.now + delay) else lib.places.enlistInFront(job) end
end

local function canRun(id, job)
  local spec = lib.store.load('S' .. id, cmsgpack.unpack)
  if not spec or not spec[2] or not spec[3] then return false end
  local has = {}
  for _, task in ipairs(spec[2]) do has[task] = true end
  for _, queue in ipairs(spec[3]) do
    if queue == job.queue then return has[job.task] or false end
  end
  return false
end

local function isKnownElsewhere(job)
  for _, id in ipairs(lib.sessions.all()) do
    local session = id ~= job.owner and lib.sessions.get(id)
    if session and not session.ended and canRun(id, job) then return true end
  end
  return false
end

local APPLY = {
  success = function(job, value, ttl)
    decide(job)
    lib.ends.succeed(job, lib.blobs.keep(value), ttl or nil)
  end,
  failure = function(job, failure)
    decide(job)
    lib.ends.fail(job, failure)
  end,
  forward = function(job, to)
    decide(job)
    lib.forwards.apply(job, to)
  end,
  retry = function(job, delay) retry(job, delay) end,
  ['return'] = function(job, delay) settles.giveBack(job, delay) end,
  crash = function(job, failure) crash(job, failure) end,
  ['unknown-task'] = function(job, failure)
    if isKnownElsewhere(job) then return settles.giveBack(job, UNKNOWN_TASK_DELAY) end
    decide(job)
    lib.ends.fail(job, failure)
  end
}

-- Apply a settlement; answers `already`, `lost` or `canceled`, nil for `ok`.
function settles.apply(id, token, kind, what, more)
  local job = lib.jobs.get(id)
  if not job then return 'lost' end
  if not lib.jobs.isClaimedWith(job, token) then
    return job.isDecided and job.token == token and 'already' or 'lost'
  end
  local canceling = job.rare and job.rare.canceling
  if canceling then
    decide(job)
    lib.ends.cancel(job, canceling[2])
    return 'canceled'
  end
  APPLY[kind](job, what, more)
end
