-- Keep the lease of a session. KEYS[1]: root. ARGV[1]: { session }.
-- Answers { 'ok', held, canceled { id, token, reason }, lost { id, token } }, or a refusal.
frees = true
if not lib.space.open({ 's' .. request[1] }) then return answer('layout') end
local session, refusal = lib.sessions.live(request[1])
if not session then return cmsgpack.pack(refusal) end

session.leaseEnd = lib.space.now + (session.leaseMs or 0)
local canceled = {}
for _, job in ipairs(session.canceling > 0 and lib.sessions.heldJobs(session) or {}) do
  local canceling = job.rare and job.rare.canceling
  if canceling then canceled[#canceled + 1] = { job.id, job.token, canceling[1] } end
end
local lost = session.lost
session.lost = {}
lib.sessions.touch(session)
lib.effects.flush()
return answer('ok', session.held, canceled, lost)
