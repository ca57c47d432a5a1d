-- Hear of what is appended to jobs, or, if not `follows`, of nothing about them: neither their ends nor that.
-- KEYS[1]: root. ARGV[1]: { session, ids, what: 'follow', 'unfollow' or 'unwatch' }. Answers { 'ok' }, or a refusal.
frees = true
local id, ids, what = request[1], request[2], request[3]
if not lib.space.open({ 's' .. id }) then return answer('layout') end
local session, refusal = lib.sessions.live(id)
if not session then return cmsgpack.pack(refusal) end
lib.jobs.prefetch(ids)
for _, each in ipairs(ids) do
  local job = lib.jobs.get(each)
  if job and not lib.jobs.hasEnded(job) then lib.outcomes[what](job, id) end
end
lib.sessions.touch(session)
lib.effects.flush()
return answer('ok')
