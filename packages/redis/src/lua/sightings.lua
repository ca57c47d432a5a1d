-- The sessions of an owner. KEYS[1]: root. ARGV[1]: { owner }.
-- Answers { 'ok', sessions { id, when it was heard of, held } }, in the order in which they were begun.
if not lib.space.open({}) then return answer('layout') end
local found = {}
for _, id in ipairs(lib.sessions.all()) do
  local session = lib.sessions.get(id)
  if session and session.owner == request[1] and not session.ended then found[#found + 1] = session end
end
table.sort(found, function(a, b) return a.begun < b.begun end)
for at, session in ipairs(found) do
  lib.effects.tellNotice(session.id)
  found[at] = { session.id, session.heardAt, session.held }
end
lib.effects.flush()
return answer('ok', found)
