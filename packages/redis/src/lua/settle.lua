-- Apply settlements, and take the next jobs. KEYS[1]: root.
-- ARGV[1]: { call, settlements { id, token, kind, what, more }, asked or false, see `claim.lua` }.
-- Answers { 'ok', answers, claimed or false }: answers false if each was `ok`, else one for each; or a refusal.
local call, settlements, asked = request[1], request[2], request[3]
local fields = { 's' .. call[1] }
for _, settlement in ipairs(settlements) do fields[#fields + 1] = 'j' .. settlement[1] end
for _, name in ipairs(asked and asked[4] or {}) do fields[#fields + 1] = 'q' .. name end
effects.frees = true
if not space.open(fields) then return answer('layout') end
local session, applied = sessions.admit(call)
if not session then return cmsgpack.pack(applied) end
if applied then
  return answer('ok', sessions.answers(session, call), asked and claims.takeAgain(session, call))
end

local answers = {}
local isPlain = true
for at, settlement in ipairs(settlements) do
  local found = settles.apply(settlement)
  answers[at] = found or 'ok'
  if found then isPlain = false end
end
work.off()
local claimed = asked and claims.take(session, call, asked)
local kept = not isPlain and answers
sessions.remember(session, call, kept)
effects.flush()
return answer('ok', kept, claimed)
