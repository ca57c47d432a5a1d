-- Jobs whose outcome is to be that of another one.
local MOST_FOLLOWED = 256

-- Follow forwards to their end.
local function finalTarget(job)
  local last = job
  for _ = 1, MOST_FOLLOWED do
    local forward = last and last.state == STATE.deferred and last.rare and last.rare.forward
    if not forward then return last end
    last = lib.jobs.get(forward[3])
  end
  return last
end

local function refusal(target)
  if not target then return 'which is not known' end
  if target.rare and target.rare.ignoreResult then return 'which keeps no result' end
  if target.state == STATE.success and not lib.values.isThere(target) then return 'whose result is gone' end
end

local function takeOutcome(job, target)
  local failure = target.rare and target.rare.failure
  lib.history.note(job, 'forwarded', job.owner)
  if target.state == STATE.success then return lib.ends.succeed(job, lib.values.lend(target)) end
  if target.state == STATE.canceled then lib.ends.cancel(job, failure) else lib.ends.fail(job, failure) end
end

local function waitFor(job, target)
  lib.history.note(job, 'forwarded', job.owner)
  lib.sessions.letGo(job)
  -- It will not run again: what it needed is not needed any more.
  lib.values.dropArguments(job)
  local edge = { lib.space.count(), EDGE.forward, target.id, ON_ERROR.fail, -1, 0 }
  lib.jobs.rare(job).forward = edge
  lib.edges.attach(edge, job, target)
  lib.places.defer(job)
end

-- The job's outcome is to be that of another one.
function forwards.apply(job, to)
  local target = finalTarget(lib.jobs.get(to))
  local reason = refusal(target)
  if reason then return lib.ends.fail(job, lib.failures.forward(job, to, reason)) end
  if target.id == job.id then return lib.ends.fail(job, lib.failures.forwardCycle(job, to)) end
  if lib.jobs.hasEnded(target) then return takeOutcome(job, target) end
  local search = lib.cycles.search(job, { target })
  if search == 'found' then return lib.ends.fail(job, lib.failures.forwardCycle(job, to)) end
  waitFor(job, target)
  lib.cycles.later(search, job)
end
