-- How jobs end, as told to those who wait.
local MOST_PUSHED = 4096

-- Let a session hear how a job ends.
function outcomes.watch(job, session)
  lib.jobs.touch(job)
  if not job.reply then
    job.reply = session
    return
  end
  if job.reply == session then return end
  local rare = lib.jobs.rare(job)
  rare.watchers = rare.watchers or {}
  for _, each in ipairs(rare.watchers) do
    if each == session then return end
  end
  rare.watchers[#rare.watchers + 1] = session
end

local function without(list, gone)
  local kept = {}
  for _, each in ipairs(list or {}) do
    if each ~= gone then kept[#kept + 1] = each end
  end
  return #kept > 0 and kept or nil
end

-- A session does not want to hear of the job any more.
function outcomes.unwatch(job, session)
  lib.jobs.touch(job)
  if job.reply == session then job.reply = false end
  if job.rare then job.rare.watchers = without(job.rare.watchers, session) end
end

-- Let a session hear what is appended to a job, until it ends.
function outcomes.follow(job, session)
  local rare = lib.jobs.rare(job)
  rare.followers = without(rare.followers, session) or {}
  rare.followers[#rare.followers + 1] = session
end

function outcomes.unfollow(job, session)
  if not job.rare or not job.rare.followers then return end
  job.rare.followers = without(job.rare.followers, session)
  lib.jobs.touch(job)
end

local function success(job, result)
  local blob = lib.values.blobOf(result)
  -- A result that is not kept cannot be read later.
  if job.resultUntil <= job.endedAt or lib.blobs.size(blob) <= MOST_PUSHED then
    return { 'value', job.id, lib.blobs.read(blob) }
  end
  local ref = type(result) == 'table' and result or { job.id, job.series }
  return { 'large', job.id, ref[1], ref[2], lib.blobs.size(blob) }
end

local function ofEnd(job, result)
  local failure = job.rare and job.rare.failure
  if failure and job.state == STATE.failed then return { 'failed', job.id, failure } end
  if failure and job.state == STATE.canceled then return { 'canceled', job.id, failure } end
  if job.rare and job.rare.ignoreResult then return { 'ignored', job.id } end
  if not result then return { 'gone', job.id } end
  return success(job, result)
end

-- How a job ended, for somebody who asks now.
function outcomes.of(job)
  return ofEnd(job, lib.values.isThere(job) and job.result)
end

-- Tell all who watch a job how it ended; `result` is what it gave, though it may not be kept.
function outcomes.tell(job, result)
  local watchers = job.rare and job.rare.watchers
  if not job.reply and not watchers then return end
  local outcome = ofEnd(job, result)
  if job.reply then lib.effects.tellOutcome(job.reply, outcome) end
  job.reply = false
  lib.jobs.touch(job)
  if not watchers then return end
  job.rare.watchers = nil
  for _, session in ipairs(watchers) do lib.effects.tellOutcome(session, outcome) end
end
