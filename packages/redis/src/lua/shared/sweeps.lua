-- What only time brings about.
local GAP = 100
local SILENCE = 10 * 60 * 1000

local holding = {}

-- Whether nobody has just done it, or something is due all the same.
function sweeps.isNeeded()
  local it = space.it
  if not it.sweptAt or space.now - it.sweptAt >= GAP then return true end
  return work.isThere() or it.due and it.due <= space.now
end

local function endLease(session, gap)
  if gap > session.leaseMs / 2 then
    session.leaseEnd = math.max(session.leaseEnd, space.now + session.leaseMs)
    sessions.touch(session)
  elseif session.leaseEnd <= space.now then
    takebacks.begin(session, 'lost')
    return
  end
  holding[#holding + 1] = session
end

local function lookAt(id, gap)
  local session = sessions.get(id)
  if not session then return effects.remove('SREM', root .. ':sessions', id) end
  if session.held > 0 then
    if session.leaseMs and not session.ended then endLease(session, gap) end
  elseif session.heardAt + SILENCE <= space.now then
    sessions.forget(session)
  end
end

-- Record the end of leases. After a gap nobody is at fault: those leases start anew. Sessions that were silent for long and
-- hold nothing are forgotten.
function sweeps.endLeases()
  local it = space.it
  local gap = it.sweptAt and space.now - it.sweptAt or math.huge
  it.sweptAt = space.now
  for _, id in ipairs(sessions.all()) do lookAt(id, gap) end
end

local function readDue(count)
  local found, ids = {}, {}
  local stored = redis.call('ZRANGE', root .. ':due', 0, count, 'WITHSCORES')
  for at = 1, #stored, 2 do
    local _, id = lines.parse(stored[at])
    found[#found + 1] = { tonumber(stored[at + 1]), id, stored[at] }
    ids[#ids + 1] = id
  end
  if found[1] and found[1][1] <= space.now then jobs.prefetch(ids) end
  return found
end

local nextDue = math.huge

-- Let jobs whose time has come be ready, in the order of their times; answers how many.
function sweeps.promote(budget)
  local steps = 0
  for _, entry in ipairs(readDue(budget)) do
    if steps >= budget or entry[1] > space.now then
      nextDue = entry[1]
      return steps
    end
    local job = jobs.get(entry[2])
    if not job or job.state ~= STATE.scheduled or job.runAt ~= entry[1] then
      effects.score(root .. ':due', entry[3], false)
    else
      steps = steps + 1
      if places.isDrained(job) then
        ends.cancel(job, failures.drained(job))
      else
        places.displace(job)
        history.note(job, 'due')
        places.enlist(job)
      end
    end
  end
  return steps
end

-- When to sweep next. So often that the end of a lease can be recorded: a longer gap would count as an outage.
function sweeps.next()
  local found = math.min(nextDue, retention.next())
  for _, score in pairs(effects.scores(root .. ':due') or {}) do
    if score then found = math.min(found, score) end
  end
  for _, session in ipairs(holding) do
    found = math.min(found, session.leaseEnd, space.it.sweptAt + session.leaseMs / 4)
  end
  return math.floor(found)
end
