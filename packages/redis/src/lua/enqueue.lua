-- Store jobs. KEYS[1]: root. ARGV[1]: { call, see `sessions.lua`, items, see `items.lua` }.
-- Answers { 'ok', answers }: false if each was `ok`, else `ok`, `existing`, or { code, about } for each; or a refusal.
local call, raws = request[1], request[2]
local fields = { 's' .. call[1] }
local count = lib.items.name(raws, fields)
if not lib.space.open(fields) then return answer('layout') end
local session, applied = lib.sessions.admit(call)
if not session then return cmsgpack.pack(applied) end
if applied then return answer('ok', lib.sessions.answers(session, call)) end

local siblings, answers = {}, {}
local isPlain = true
for at = 1, count do
  local item = lib.items.parse(raws, at * 6 - 5)
  local job, found = lib.items.store(item, siblings)
  siblings[at] = job or false
  answers[at] = found or 'ok'
  if found then isPlain = false end
  if job and item.reply then
    if lib.jobs.hasEnded(job) then
      lib.effects.tellOutcome(session.id, lib.outcomes.of(job))
    else
      lib.outcomes.watch(job, session.id)
    end
  end
end
lib.work.off()
local kept = not isPlain and answers
lib.sessions.remember(session, call, kept)
lib.effects.flush()
return answer('ok', kept)
