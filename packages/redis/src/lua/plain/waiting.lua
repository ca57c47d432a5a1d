-- Queues and their lines, as in `queues.lua` and `lines.lua`; of a queue that keeps lines elsewhere, or rewrites one, nothing
-- is plain.
-- Where the next begins in the record; besides, in this call: place of the next entry, entries taken, entries to add.
local NEXT, AT, TAKEN, FRESH = 9, 10, 11, 12
-- Places of the states in the counts of a queue.
local DEFERRED, SCHEDULED, ENQUEUED, PROCESSING, SUCCESS = 1, 2, 3, 4, 5
-- What ids begin with that are uuids.
local UUID = 117

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

local function keyOf(queue, line)
  return root .. ':line:' .. string.format('%.0f', line[PRIORITY]) .. ':' .. queue.name
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

-- Entries of a string: ids tell where they end, see `jobs.lua`.
local function split(entries)
  local found = {}
  local at = 1
  while at <= #entries do
    local size = byteOf(entries, at + 6) == UUID and 23 or 9 + ofBytes('>I2', entries, at + 7)
    found[#found + 1] = cut(entries, at, at + size - 1)
    at = at + size
  end
  return found
end

local function packTail(queue, line)
  local fresh = line[FRESH]
  if not fresh then return line[TAIL], line[TAIL_COUNT], 0 end
  local count = line[TAIL_COUNT] + #fresh
  if count <= MOST_AT_TAIL and #line[TAIL] <= MOST_TAIL_BYTES then
    return line[TAIL] .. table.concat(fresh), count, 0
  end
  local key = keyOf(queue, line)
  if line[TAIL] ~= '' then adds[#adds + 1] = { 'RPUSH', key, split(line[TAIL]) } end
  adds[#adds + 1] = { 'RPUSH', key, fresh }
  return '', 0, count
end

-- A line as it stands in the record; nil if no job stands in it any more.
local function packLine(queue, line)
  local taken = line[TAKEN] or 0
  local isEmpty = line[LIVE] + line[RETURNED] == 0
  local cut = isEmpty and taken + line[LISTED] or taken
  if cut > 0 then removals[#removals + 1] = { 'LTRIM', keyOf(queue, line), cut, -1 } end
  if isEmpty then return nil end
  local tail, tailCount, pushed = packTail(queue, line)
  local head = line[AT] and string.sub(line[HEAD], line[AT]) or line[HEAD]
  return struct.pack(
    LINE, line[PRIORITY], line[LIVE], line[RETURNED], line[STALE], line[LISTED] + pushed, tailCount, #head, head, #tail, tail
  )
end

local function packQueues()
  for _, queue in ipairs(known) do
    local lines, lineCount = '\1', 0
    for _, line in ipairs(queue.lines) do
      local kept = packLine(queue, line)
      if kept then lines, lineCount = lines .. kept, lineCount + 1 end
    end
    for _, client in ipairs(queue.waiting) do lines = lines .. struct.pack(CLIENT, #client, client) end
    local field = 'q' .. queue.name
    local a, b, c, d, e, f, g = unpack(queue.counts)
    set[#set + 1] = field
    set[#set + 1] = lines .. struct.pack(QUEUE, lineCount, #queue.waiting, queue.drains, a, b, c, d, e, f, g, now)
  end
end
