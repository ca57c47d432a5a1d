-- Take the place of an earlier subscription of a session. KEYS[1]: root. ARGV[1]: { session }.
-- Answers { 'ok', number of the subscription, higher than that of any before }, or a refusal.
frees = true
if not lib.space.open({ 's' .. request[1] }) then return answer('layout') end
local session, refusal = lib.sessions.live(request[1])
if not session then return cmsgpack.pack(refusal) end
local number = lib.space.count()
lib.sessions.touch(session)
lib.effects.publish(root .. ':told:' .. session.id, cmsgpack.pack({ taken = number }))
lib.effects.flush()
return answer('ok', number)
