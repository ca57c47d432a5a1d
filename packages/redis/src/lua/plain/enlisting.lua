-- What comes to lines. Made where the ends of jobs are handed on.
local function fetch(fields)
  local found = redis.call('HMGET', root, unpack(fields))
  for at = 1, #fields do raws[fields[at]] = found[at] end
end

--> lining

local function wake(queue)
  for _, client in ipairs(queue.waiting) do hints[#hints + 1] = { root .. ':wake:' .. client, '' } end
  queue.waiting = {}
end

-- Put a job at the tail of a line.
local function enlist(queue, line, id, position)
  lineUp(line, id, position)
  line[LIVE] = line[LIVE] + 1
  queue.counts[ENQUEUED] = queue.counts[ENQUEUED] + 1
  if #queue.waiting > 0 then wake(queue) end
end
