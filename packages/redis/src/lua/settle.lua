-- Apply settlements, and take the next jobs. KEYS[1]: root.
-- ARGV[1]: { call, settlements, asked or false, client that waits or false }, see `claim.lua`. Five values for each settlement:
-- id, token, kind, what, more.
-- Answers { 'ok', answers, claimed or false }: answers false if each was `ok`, else one for each; or a refusal.
local call, settlements, asked, client = request[1], request[2], request[3], request[4]
local fields = { 's' .. call[1] }
for from = 1, #settlements, 5 do fields[#fields + 1] = 'j' .. settlements[from] end
for _, name in ipairs(asked and asked[4] or {}) do fields[#fields + 1] = 'q' .. name end
frees = true
if not lib.space.open(fields) then return answer('layout') end
local session, applied = lib.sessions.admit(call)
if not session then return cmsgpack.pack(applied) end
if applied then
  -- Jobs may have come since, and the client that waits for them been told so before it asked again.
  return answer('ok', lib.sessions.answers(session, call), asked and lib.claims.takeAgain(session, call, true))
end

local answers = {}
local isPlain = true
for from = 1, #settlements, 5 do
  local found = lib.settles.apply(unpack(settlements, from, from + 4))
  answers[#answers + 1] = found or 'ok'
  if found then isPlain = false end
end
lib.work.off()
local claimed = asked and lib.claims.take(session, call, asked)
if client and claimed and #claimed[1] == 0 then
  for _, name in ipairs(asked[4]) do lib.queues.wait(lib.queues.get(name), client) end
end
local kept = not isPlain and answers
lib.sessions.remember(session, call, kept)
lib.effects.flush()
return answer('ok', kept, claimed)
