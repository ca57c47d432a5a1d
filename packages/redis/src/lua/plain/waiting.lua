-- Queues and their lines, as in `queues.lua` and `lines.lua`; of a queue that keeps lines elsewhere, or rewrites one,
-- nothing is plain.

-- Where the next begins in the record; besides, in this call: where it is read, position of the next job of that run,
-- and how many are left of it; blocks taken; what is to be added: ids, and the runs of them.
local NEXT, AT, POSITION, LEFT, TAKEN, FRESH, RUNS = 9, 10, 11, 12, 13, 14, 15
-- Places of the states in the counts of a queue.
local DEFERRED, SCHEDULED, ENQUEUED, PROCESSING, SUCCESS = 1, 2, 3, 4, 5

-- The queue of a name; nil if it is not plain, or not there.
local function find(name)
  local queue = queueOf[name]
  if queue then return queue end
  local field = 'q' .. name
  if raws[field] == nil then raws[field] = redis.call('HGET', root, field) end
  local raw = raws[field]
  if not raw or string.byte(raw) ~= 1 then return nil end
  local lineCount, waitCount, drains, a, b, c, d, e, f, g = struct.unpack(QUEUE, raw, #raw - QUEUE_BYTES + 1)
  local at = 2
  queue = { name = name, counts = { a, b, c, d, e, f, g }, drains = drains, lines = {}, waiting = {} }
  for index = 1, lineCount do
    local line = { struct.unpack(LINE, raw, at) }
    queue.lines[index], at = line, line[NEXT]
  end
  for index = 1, waitCount do queue.waiting[index], at = struct.unpack(CLIENT, raw, at) end
  queueOf[name] = queue
  known[#known + 1] = queue
  return queue
end

local function keyOf(queue, line)
  return root .. ':line:' .. string.format('%.0f', line[PRIORITY]) .. ':' .. queue.name
end

-- Let a client know when there is something in queues; answers whether that was plain.
local function waitFor(names, client)
  for _, name in ipairs(names) do
    local waiting = find(name).waiting
    local isKnown = false
    for _, each in ipairs(waiting) do isKnown = isKnown or each == client end
    if not isKnown and isCrowd(#waiting) then return false end
    if not isKnown then waiting[#waiting + 1] = client end
  end
  return true
end
