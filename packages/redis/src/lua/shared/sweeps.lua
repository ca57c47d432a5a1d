-- What only time brings about.
local GAP = 100
local SILENCE = 10 * 60 * 1000

local holding = {}

-- Whether nobody has just done it, or something is due all the same.
function sweeps.isNeeded()
  local it = lib.space.it
  if not it.sweptAt or lib.space.now - it.sweptAt >= GAP then return true end
  return lib.work.isThere() or it.due and it.due <= lib.space.now
end

local function endLease(session, gap)
  if gap > session.leaseMs / 2 then
    session.leaseEnd = math.max(session.leaseEnd, lib.space.now + session.leaseMs)
    lib.sessions.touch(session)
  elseif session.leaseEnd <= lib.space.now then
    lib.takebacks.begin(session, 'lost')
    return
  end
  holding[#holding + 1] = session
end

-- Its process may have died while it waited.
local function forgetSilent(session)
  for _, name in ipairs(lib.sessions.queuesOf(session)) do
    local queue = lib.queues.find(name)
    if queue then lib.queues.prune(queue) end
  end
  lib.sessions.forget(session)
end

local function lookAt(id, gap)
  local session = lib.sessions.get(id)
  if not session then return lib.effects.remove('SREM', root .. ':sessions', id) end
  if session.held > 0 then
    if session.leaseMs and not session.ended then endLease(session, gap) end
  elseif session.heardAt + SILENCE <= lib.space.now then
    forgetSilent(session)
  end
end

-- Record the end of leases. After a gap nobody is at fault: those leases start anew. Sessions that were silent for long
-- and hold nothing are forgotten.
function sweeps.endLeases()
  local it = lib.space.it
  local gap = it.sweptAt and lib.space.now - it.sweptAt or math.huge
  it.sweptAt = lib.space.now
  for _, id in ipairs(lib.sessions.all()) do lookAt(id, gap) end
end

local function readDue(count)
  local found, ids = {}, {}
  local stored = redis.call('ZRANGE', root .. ':due', 0, count, 'WITHSCORES')
  for at = 1, #stored, 2 do
    local id = string.sub(stored[at], 7)
    found[#found + 1] = { tonumber(stored[at + 1]), id, stored[at] }
    ids[#ids + 1] = id
  end
  if found[1] and found[1][1] <= lib.space.now then lib.jobs.prefetch(ids) end
  return found
end

local nextDue = math.huge

-- Let jobs whose time has come be ready, in the order of their times; answers how many.
function sweeps.promote(budget)
  local steps = 0
  for _, entry in ipairs(readDue(budget)) do
    if steps >= budget or entry[1] > lib.space.now then
      nextDue = entry[1]
      return steps
    end
    local job = lib.jobs.get(entry[2])
    if not job or job.state ~= STATE.scheduled or job.runAt ~= entry[1] then
      lib.effects.score(root .. ':due', entry[3], false)
    else
      steps = steps + 1
      if lib.places.isDrained(job) then
        lib.ends.cancel(job, lib.failures.drained(job))
      else
        lib.places.displace(job)
        lib.history.note(job, 'due')
        lib.places.enlist(job)
      end
    end
  end
  return steps
end

-- When to sweep next. So often that the end of a lease can be recorded: a longer gap would count as an outage.
function sweeps.next()
  local found = math.min(nextDue, lib.retention.next())
  for _, score in pairs(lib.effects.scores(root .. ':due') or {}) do
    if score then found = math.min(found, score) end
  end
  for _, session in ipairs(holding) do
    found = math.min(found, session.leaseEnd, lib.space.it.sweptAt + session.leaseMs / 4)
  end
  return math.floor(found)
end
