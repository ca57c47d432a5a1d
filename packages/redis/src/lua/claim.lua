-- Take jobs. KEYS[1]: root. ARGV[1]: { call, asked { slots, ahead, bytes, queues, isFair }, client that waits, or false }.
-- Answers { 'ok', { jobs, values, isCut } }, or a refusal.
local call, asked, client = request[1], request[2], request[3]
local fields = { 's' .. call[1] }
for _, name in ipairs(asked[4]) do fields[#fields + 1] = 'q' .. name end
effects.frees = true
if not space.open(fields) then return answer('layout') end
local session, applied = sessions.admit(call)
if not session then return cmsgpack.pack(applied) end
if applied then return answer('ok', claims.takeAgain(session, call)) end

work.off()
local reply = claims.take(session, call, asked)
if #reply[1] > 0 then
  sessions.remember(session, call, false)
elseif client then
  for _, name in ipairs(asked[4]) do queues.wait(queues.get(name), client) end
end
sessions.touch(session)
effects.flush()
return answer('ok', reply)
