-- Reconcile a session. KEYS[1]: root. ARGV[1]: { session, epoch, held { id, token } }.
-- Answers { 'ok', lost { id, token }, applied { lane, number } }, or a refusal.
local epoch, named = request[2], request[3]
lib.effects.frees = true
if not lib.space.open({ 's' .. request[1] }) then return answer('layout') end
local session, refusal = lib.sessions.live(request[1])
if not session then return cmsgpack.pack(refusal) end
if epoch < session.epoch then return answer('stale', 'epoch', session.epoch) end

local function takeBack(job)
  local canceling = job.rare and job.rare.canceling
  if canceling then lib.ends.cancel(job, canceling[2]) else lib.settles.giveBack(job, 0) end
end

local ids, tokens = {}, {}
for at, each in ipairs(named) do
  ids[at] = each[1]
  tokens[each[1]] = each[2]
end
lib.jobs.prefetch(ids)
session.leaseEnd = lib.space.now + (session.leaseMs or 0)
if epoch > session.epoch then
  lib.sessions.beginEpoch(session, epoch)
  for _, job in ipairs(lib.sessions.heldJobs(session)) do
    if tokens[job.id] ~= job.token then takeBack(job) end
  end
  lib.work.off()
end
local lost = {}
for _, each in ipairs(named) do
  local job = lib.jobs.get(each[1])
  if not (job and job.owner == session.id and job.token == each[2]) then lost[#lost + 1] = each end
end
lib.sessions.touch(session)
lib.effects.flush()
return answer('ok', lost, session.before)
