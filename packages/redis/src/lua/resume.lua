-- Reconcile a session. KEYS[1]: root. ARGV[1]: { session, epoch, held { id, token } }.
-- Answers { 'ok', lost { id, token }, applied { lane, number } }, or a refusal.
local epoch, named = request[2], request[3]
frees = true
if not lib.space.open({ 's' .. request[1] }) then return answer('layout') end
local session, refusal = lib.sessions.live(request[1])
if not session then return cmsgpack.pack(refusal) end
if epoch < session.epoch then return answer('stale', 'epoch', session.epoch) end

local function takeBack(job)
  local canceling = job.rare and job.rare.canceling
  if canceling then lib.ends.cancel(job, canceling[2]) else lib.settles.giveBack(job, 0) end
end

local function isHeld(each)
  local job = lib.jobs.get(each[1])
  return job and job.owner == session.id and job.token == each[2]
end

local ids = {}
for at, each in ipairs(named) do ids[at] = each[1] end
lib.jobs.prefetch(ids)
-- A job may be named more than once, by claims of it that came one after the other.
local kept = {}
for _, each in ipairs(named) do
  if isHeld(each) then kept[each[1]] = true end
end
session.leaseEnd = lib.space.now + (session.leaseMs or 0)
if epoch > session.epoch then
  lib.sessions.beginEpoch(session, epoch)
  for _, job in ipairs(lib.sessions.heldJobs(session)) do
    if not kept[job.id] then takeBack(job) end
  end
  lib.work.off()
end
local lost = {}
for _, each in ipairs(named) do
  if not isHeld(each) then lost[#lost + 1] = each end
end
lib.sessions.touch(session)
lib.effects.flush()
return answer('ok', lost, session.before)
