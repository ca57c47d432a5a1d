-- Apply settlements, and take the next jobs. KEYS[1]: root.
-- ARGV[1]: { call, plain, settlements, asked or false, client that waits or false }, see `claim.lua`. Five values for
-- each settlement: id, token, kind, what, more. `plain`: false, or there are no others, and all are successes with a
-- small result: { ids, tokens, results with a length of two bytes before each, times that they are kept or false }.
-- Answers { 'ok', answers, claimed or false } and what is behind that: answers false if each was `ok`, else one for
-- each; or a refusal.
local call, plain, settlements, asked, client = request[1], request[2], request[3], request[4], request[5]
for at, token in ipairs(plain and plain[2] or {}) do
  -- The short way may have named more behind the ids.
  local from, ttls = at * 5 - 4, plain[4]
  settlements[from], settlements[from + 1], settlements[from + 2] = plain[1][at], token, 'success'
  settlements[from + 3], settlements[from + 4] = string.sub(plain[3][at], 3), ttls and ttls[at]
end
local fields = { 's' .. call[1] }
for from = 1, #settlements, 5 do fields[#fields + 1] = settlements[from] end
for _, name in ipairs(asked and asked[4] or {}) do fields[#fields + 1] = 'q' .. name end
frees = true
if not lib.space.open(fields) then return answer('layout') end
local session, applied = lib.sessions.admit(call)
if not session then return cmsgpack.pack(applied) end
if applied then
  -- Jobs may have come since, and the client that waits for them been told so before it asked again.
  return lib.claims.answer('ok', lib.sessions.answers(session, call), asked and lib.claims.takeAgain(session, call, true))
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
if client and claimed and claimed.count == 0 then
  for _, name in ipairs(asked[4]) do lib.queues.wait(lib.queues.get(name), client) end
end
local kept = not isPlain and answers
lib.sessions.remember(session, call, kept)
lib.effects.flush()
return lib.claims.answer('ok', kept, claimed)
