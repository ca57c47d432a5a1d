-- Take the place of an earlier subscription of a session. KEYS[1]: root. ARGV[1]: { session }.
-- Answers { 'ok', number of the subscription, higher than that of any before }, or a refusal.
effects.frees = true
if not space.open({ 's' .. request[1] }) then return answer('layout') end
local session, refusal = sessions.live(request[1])
if not session then return cmsgpack.pack(refusal) end
local number = space.count()
sessions.touch(session)
effects.publish(root .. ':told:' .. session.id, cmsgpack.pack({ taken = number }))
effects.flush()
return answer('ok', number)
