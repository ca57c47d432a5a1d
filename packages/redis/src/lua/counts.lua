-- How many jobs are in each state. KEYS[1]: root. ARGV[1]: { name of a queue }, or {} for all.
-- Answers { 'ok', queues { name, counts } }.
if not lib.space.open({}) then return answer('layout') end
local names = #request > 0 and request or redis.call('SMEMBERS', root .. ':queues')
lib.queues.prefetch(names)
local found = {}
for _, name in ipairs(names) do
  local queue = lib.queues.find(name)
  local all = 0
  for _, count in ipairs(queue and queue.counts or {}) do all = all + count end
  if all > 0 then found[#found + 1] = { name, queue.counts } end
end
return answer('ok', found)
