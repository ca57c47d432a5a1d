-- Hear how jobs end. KEYS[1]: root. ARGV[1]: { session, ids }. Answers { 'ok', outcomes } of those that have ended.
frees = true
if not lib.space.open({ 's' .. request[1] }) then return answer('layout') end
local session, refusal = lib.sessions.live(request[1])
if not session then return cmsgpack.pack(refusal) end
lib.jobs.prefetch(request[2])
local found = {}
for _, id in ipairs(request[2]) do
  local job = lib.jobs.get(id)
  if not job then
    found[#found + 1] = { 'gone', id }
  elseif lib.jobs.hasEnded(job) then
    found[#found + 1] = lib.outcomes.of(job)
  else
    lib.outcomes.watch(job, session.id)
  end
end
lib.sessions.touch(session)
lib.effects.flush()
return answer('ok', found)
