-- The sessions of an owner. KEYS[1]: root. ARGV[1]: { owner }.
-- Answers { 'ok', sessions { id, when it was heard of, held } }, in the order in which they were begun.
if not space.open({}) then return answer('layout') end
local found = {}
for _, id in ipairs(sessions.all()) do
  local session = sessions.get(id)
  if session and session.owner == request[1] and not session.ended then found[#found + 1] = session end
end
table.sort(found, function(a, b) return a.begun < b.begun end)
for at, session in ipairs(found) do
  effects.tellNotice(session.id)
  found[at] = { session.id, session.heardAt, session.held }
end
effects.flush()
return answer('ok', found)
