-- Act on time. KEYS[1]: root. ARGV[1]: {}. Answers { 'ok', when to sweep next or false, whether there is more to do now
-- }.
frees = true
if not lib.space.open({}) then return answer('layout') end
local it = lib.space.it
if not lib.sweeps.isNeeded() then return answer('ok', it.due, false) end

lib.sweeps.endLeases()
local left = INLINE_STEPS
left = left - lib.sweeps.promote(left)
left = lib.work.run(left)
left = left - lib.retention.apply(left)
local due = lib.sweeps.next()
it.due = due < math.huge and due
local more = left <= 0 or lib.work.isThere()
lib.space.touch()
lib.effects.flush()
return answer('ok', it.due, more)
