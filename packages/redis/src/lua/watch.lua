-- Hear how jobs end. KEYS[1]: root. ARGV[1]: { session, ids }. Answers { 'ok', outcomes } of those that have ended.
effects.frees = true
if not space.open({ 's' .. request[1] }) then return answer('layout') end
local session, refusal = sessions.live(request[1])
if not session then return cmsgpack.pack(refusal) end
jobs.prefetch(request[2])
local found = {}
for _, id in ipairs(request[2]) do
  local job = jobs.get(id)
  if not job then
    found[#found + 1] = { 'gone', id }
  elseif jobs.hasEnded(job) then
    found[#found + 1] = outcomes.of(job)
  else
    outcomes.watch(job, session.id)
  end
end
sessions.touch(session)
effects.flush()
return answer('ok', found)
