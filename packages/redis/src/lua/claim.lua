-- Take jobs. KEYS[1]: root. ARGV[1]: { call, asked { slots, ahead, bytes, queues, isFair }, client that waits, or
-- false }. Answers { 'ok', { count, count that is not ahead, token, values, isCut } } and what is behind it, see
-- `shared/claims.lua`; or a refusal.
local call, asked, client = request[1], request[2], request[3]
local fields = { 's' .. call[1] }
for _, name in ipairs(asked[4]) do fields[#fields + 1] = 'q' .. name end
frees = true
if not lib.space.open(fields) then return answer('layout') end
local session, applied = lib.sessions.admit(call)
if not session then return cmsgpack.pack(applied) end
if applied then return lib.claims.answer('ok', lib.claims.takeAgain(session, call, false)) end

lib.work.off()
local reply = lib.claims.take(session, call, asked)
if reply.count > 0 then
  lib.sessions.remember(session, call, false)
elseif client then
  for _, name in ipairs(asked[4]) do lib.queues.wait(lib.queues.get(name), client) end
end
lib.sessions.touch(session)
lib.effects.flush()
return lib.claims.answer('ok', reply)
