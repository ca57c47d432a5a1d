-- Close a session: what it holds goes back. KEYS[1]: root. ARGV[1]: { session }. Answers { 'ok' }.
frees = true
if not lib.space.open({ 's' .. request[1] }) then return answer('layout') end
local session = lib.sessions.get(request[1])
if session and session.ended ~= 'closed' then
  lib.takebacks.begin(session, 'closed')
  lib.work.off()
end
lib.effects.flush()
return answer('ok')
