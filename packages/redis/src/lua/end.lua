-- Close a session: what it holds goes back. KEYS[1]: root. ARGV[1]: { session }. Answers { 'ok' }.
effects.frees = true
if not space.open({ 's' .. request[1] }) then return answer('layout') end
local session = sessions.get(request[1])
if session and session.ended ~= 'closed' then
  takebacks.begin(session, 'closed')
  work.off()
end
effects.flush()
return answer('ok')
