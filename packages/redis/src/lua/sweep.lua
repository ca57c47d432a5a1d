-- Act on time. KEYS[1]: root. ARGV[1]: {}. Answers { 'ok', when to sweep next or false, whether there is more to do now }.
effects.frees = true
if not space.open({}) then return answer('layout') end
local it = space.it
if not sweeps.isNeeded() then return answer('ok', it.due, false) end

sweeps.endLeases()
local left = INLINE_STEPS
left = left - sweeps.promote(left)
left = work.run(left)
left = left - retention.apply(left)
local due = sweeps.next()
it.due = due < math.huge and due
local more = left <= 0 or work.isThere()
space.touch()
effects.flush()
return answer('ok', it.due, more)
