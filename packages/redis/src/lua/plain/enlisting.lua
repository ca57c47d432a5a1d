-- What comes to lines. Made where the ends of jobs are handed on.
local function fetch(fields)
  local found = redis.call('HMGET', root, unpack(fields))
  for at = 1, #fields do raws[fields[at]] = found[at] end
end

-- The line of a priority, made if there is room for it.
local function lineOf(queue, priority)
  local found = queue.lines
  local place = #found + 1
  for at, line in ipairs(found) do
    if line[PRIORITY] == priority then return line end
    if line[PRIORITY] < priority then
      place = at
      break
    end
  end
  if #found >= MOST_LINES then return nil end
  local line = { priority, 0, 0, 0, 0, 0, '', '', 0 }
  table.insert(found, place, line)
  return line
end

local function wake(queue)
  for _, client in ipairs(queue.waiting) do hints[#hints + 1] = { root .. ':wake:' .. client, '' } end
  queue.waiting = {}
end

-- Put a job at the tail of a line.
local function enlist(queue, line, id, position)
  local fresh = line[FRESH] or {}
  line[FRESH] = fresh
  fresh[#fresh + 1] = position .. id
  line[LIVE] = line[LIVE] + 1
  queue.counts[ENQUEUED] = queue.counts[ENQUEUED] + 1
  if #queue.waiting > 0 then wake(queue) end
end
