-- Carry out orders. KEYS[1]: root. ARGV[1]: { call, commands { kind, … } }.
-- Answers { 'ok', answers }, one for each command; or a refusal.
local call, commands = request[1], request[2]
frees = true
if not lib.space.open({ 's' .. call[1] }) then return answer('layout') end
local session, applied = lib.sessions.admit(call)
if not session then return cmsgpack.pack(applied) end
if applied then return answer('ok', lib.sessions.answers(session, call)) end

local answers = {}
for at, command in ipairs(commands) do answers[at] = lib.orders.carryOut(command) end
lib.work.off()
lib.sessions.remember(session, call, answers)
lib.effects.flush()
return answer('ok', answers)
