-- Reconcile a session. KEYS[1]: root. ARGV[1]: { session, epoch, held { id, token } }.
-- Answers { 'ok', lost { id, token }, applied { lane, number } }, or a refusal.
local epoch, named = request[2], request[3]
effects.frees = true
if not space.open({ 's' .. request[1] }) then return answer('layout') end
local session, refusal = sessions.live(request[1])
if not session then return cmsgpack.pack(refusal) end
if epoch < session.epoch then return answer('stale', 'epoch', session.epoch) end

local function takeBack(job)
  local canceling = job.rare and job.rare.canceling
  if canceling then ends.cancel(job, canceling[2]) else settles.giveBack(job, 0) end
end

local ids, tokens = {}, {}
for at, each in ipairs(named) do
  ids[at] = each[1]
  tokens[each[1]] = each[2]
end
jobs.prefetch(ids)
session.leaseEnd = space.now + (session.leaseMs or 0)
if epoch > session.epoch then
  sessions.beginEpoch(session, epoch)
  for _, job in ipairs(sessions.heldJobs(session)) do
    if tokens[job.id] ~= job.token then takeBack(job) end
  end
  work.off()
end
local lost = {}
for _, each in ipairs(named) do
  local job = jobs.get(each[1])
  if not (job and job.owner == session.id and job.token == each[2]) then lost[#lost + 1] = each end
end
sessions.touch(session)
effects.flush()
return answer('ok', lost, session.before)
