-- Carry out orders. KEYS[1]: root. ARGV[1]: { call, commands { kind, … } }.
-- Answers { 'ok', answers }, one for each command; or a refusal.
local call, commands = request[1], request[2]
effects.frees = true
if not space.open({ 's' .. call[1] }) then return answer('layout') end
local session, applied = sessions.admit(call)
if not session then return cmsgpack.pack(applied) end
if applied then return answer('ok', sessions.answers(session, call)) end

local answers = {}
for at, command in ipairs(commands) do answers[at] = orders.carryOut(command) end
work.off()
sessions.remember(session, call, answers)
effects.flush()
return answer('ok', answers)
