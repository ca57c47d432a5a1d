-- Hear of what is appended to jobs, or, if not `follows`, of nothing about them: neither their ends nor that.
-- KEYS[1]: root. ARGV[1]: { session, ids, what: 'follow', 'unfollow' or 'unwatch' }. Answers { 'ok' }, or a refusal.
effects.frees = true
local id, ids, what = request[1], request[2], request[3]
if not space.open({ 's' .. id }) then return answer('layout') end
local session, refusal = sessions.live(id)
if not session then return cmsgpack.pack(refusal) end
jobs.prefetch(ids)
for _, each in ipairs(ids) do
  local job = jobs.get(each)
  if job and not jobs.hasEnded(job) then outcomes[what](job, id) end
end
sessions.touch(session)
effects.flush()
return answer('ok')
