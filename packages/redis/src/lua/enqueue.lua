-- Store jobs. KEYS[1]: root. ARGV[1]: { call { session, epoch, lane, number }, items, see `items.lua` }.
-- Answers { 'ok', answers }: false if each was `ok`, else `ok`, `existing`, or { code, about } for each; or a refusal.
local call, raws = request[1], request[2]
local fields = { 's' .. call[1] }
items.fields(raws, fields)
if not space.open(fields) then return answer('layout') end
local session, applied = sessions.admit(call)
if not session then return cmsgpack.pack(applied) end
if applied then return answer('ok', sessions.answers(session, call)) end

local siblings, answers = {}, {}
local isPlain = true
for at, raw in ipairs(raws) do
  local item = items.parse(raw)
  local job, found = items.store(item, siblings)
  siblings[at] = job or false
  answers[at] = found or 'ok'
  if found then isPlain = false end
  if job and item.reply then
    if jobs.hasEnded(job) then
      effects.tellOutcome(session.id, outcomes.of(job))
    else
      outcomes.watch(job, session.id)
    end
  end
end
work.off()
local kept = not isPlain and answers
sessions.remember(session, call, kept)
effects.flush()
return answer('ok', kept)
