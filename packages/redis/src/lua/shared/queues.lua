-- Queues: counts by state, lines by priority, sessions that wait. A queue's record holds the lines of its highest
-- priorities; those that do not fit are fields of their own, found by a sorted set.
local MOST_LINES = 8

-- A queue of which all lines are in the record, and none is being rewritten: form; the lines: priority, live, returned,
-- stale, listed, entries at the tail, head, tail; the clients that wait; how many of either, drains, counts, when it
-- was written. Other queues are packed. `plain/waiting.lua` counts on it; see `space.lua` for the order.
local FORMAT, BYTES, LINE, CLIENT = '<I2I2dddddddd>I6', 74, '<ddddddI4c0I4c0', '<I2c0'
local USUAL = 1

local function decodeLine(r)
  return {
    priority = r[1], live = r[2], returned = r[3], stale = r[4], head = r[5], listed = r[6], tail = r[7], tailCount = r[8],
    at = 1, left = 0, taken = 0, kept = r[9], takenKept = 0, added = r[9] and {}
  }
end

local function encodeLine(l)
  return { l.priority, l.live, l.returned, l.stale, l.head, l.listed, l.tail, l.tailCount, l.kept }
end

local function decodeUsual(raw)
  local read = { struct.unpack(FORMAT, raw, #raw - BYTES + 1) }
  local q = { counts = { unpack(read, 4, 10) }, drains = read[3], lines = {}, waiting = {}, spilled = 0 }
  local at = 2
  for index = 1, read[1] do
    local priority, live, returned, stale, listed, tailCount, head, tail, after = struct.unpack(LINE, raw, at)
    q.lines[index] = decodeLine({ priority, live, returned, stale, head, listed, tail, tailCount })
    at = after
  end
  for index = 1, read[2] do q.waiting[index], at = struct.unpack(CLIENT, raw, at) end
  return q
end

local function decode(raw)
  if string.byte(raw) == USUAL then return decodeUsual(raw) end
  local r = cmsgpack.unpack(raw)
  local linesOf = {}
  for at, line in ipairs(r[3]) do linesOf[at] = decodeLine(line) end
  return { counts = r[1], drains = r[2], lines = linesOf, waiting = r[4], spilled = r[5] }
end

local function isUsual(q)
  for _, line in ipairs(q.lines) do
    if line.kept then return false end
  end
  return q.spilled == 0
end

local function encodeUsual(q)
  local parts = { string.char(USUAL) }
  for _, l in ipairs(q.lines) do
    parts[#parts + 1] = struct.pack(
      LINE, l.priority, l.live, l.returned, l.stale, l.listed, l.tailCount, #l.head, l.head, #l.tail, l.tail
    )
  end
  for _, client in ipairs(q.waiting) do parts[#parts + 1] = struct.pack(CLIENT, #client, client) end
  local a, b, c, d, e, f, g = unpack(q.counts)
  parts[#parts + 1] = struct.pack(FORMAT, #q.lines, #q.waiting, q.drains, a, b, c, d, e, f, g, lib.space.now)
  return table.concat(parts)
end

local function encode(q)
  if isUsual(q) then return encodeUsual(q) end
  local packed = {}
  for at, line in ipairs(q.lines) do packed[at] = encodeLine(line) end
  return cmsgpack.pack({ q.counts, q.drains, packed, q.waiting, q.spilled })
end

local known = {}
local touched = {}

-- The queue of a name, or false.
function queues.find(name)
  local queue = known[name]
  if queue == nil then
    queue = lib.store.load('q' .. name, decode)
    if queue then queue.name = name end
    known[name] = queue
  end
  return queue
end

-- The queue of a name, made if it is not there.
function queues.get(name)
  local queue = queues.find(name)
  if queue then return queue end
  queue = { name = name, counts = { 0, 0, 0, 0, 0, 0, 0 }, drains = 0, lines = {}, waiting = {}, spilled = 0 }
  known[name] = queue
  lib.effects.add('SADD', root .. ':queues', name)
  queues.touch(queue)
  return queue
end

function queues.prefetch(names)
  local fields = {}
  for at, name in ipairs(names) do fields[at] = 'q' .. name end
  lib.store.prefetch(fields)
end

function queues.touch(queue)
  if touched[queue.name] then return end
  touched[queue.name] = queue
  lib.store.save('q' .. queue.name, queue, encode)
end

function queues.setState(job, state)
  local queue = queues.get(job.queue)
  queue.counts[job.state] = queue.counts[job.state] - 1
  queue.counts[state] = queue.counts[state] + 1
  job.state = state
  queues.touch(queue)
  lib.jobs.touch(job)
end

-- A job comes to a queue, or leaves it.
function queues.count(job, change)
  local queue = queues.get(job.queue)
  queue.counts[job.state] = queue.counts[job.state] + change
  queues.touch(queue)
end

local function spilledField(queue, priority)
  return 'l' .. string.format('%.0f', priority) .. ':' .. queue.name
end

local function loadSpilled(queue, priority)
  local line = lib.store.load(spilledField(queue, priority), function(raw) return decodeLine(cmsgpack.unpack(raw)) end)
  if line then line.isSpilled = true end
  return line
end

local spilled = {}

local function saveSpilled(queue, line)
  line.isSpilled = true
  spilled[line] = queue
  lib.store.save(spilledField(queue, line.priority), line, function(each) return cmsgpack.pack(encodeLine(each)) end)
end

-- A line moves out of the record.
local function spill(queue, line)
  queue.spilled = queue.spilled + 1
  lib.effects.score(queues.spilledKey(queue), line.priority, line.priority)
  saveSpilled(queue, line)
end

function queues.spilledKey(queue)
  return root .. ':spilled:' .. queue.name
end

local function insert(queue, line)
  local at = #queue.lines + 1
  while at > 1 and queue.lines[at - 1].priority < line.priority do at = at - 1 end
  if queue.spilled > 0 and at > #queue.lines or at > MOST_LINES then
    local known = queue.spilled > 0 and loadSpilled(queue, line.priority)
    if known then
      saveSpilled(queue, known)
      return known
    end
    spill(queue, line)
    return line
  end
  table.insert(queue.lines, at, line)
  if #queue.lines > MOST_LINES then spill(queue, table.remove(queue.lines)) end
  return line
end

-- The line of a priority, made if it is not there.
function queues.line(queue, priority)
  queues.touch(queue)
  for _, line in ipairs(queue.lines) do
    if line.priority == priority then return line end
  end
  local line = {
    priority = priority, live = 0, returned = 0, stale = 0, head = '', listed = 0, tail = '', tailCount = 0, at = 1,
    left = 0, taken = 0
  }
  return insert(queue, line)
end

-- Priorities of lines outside the record, highest first, at most `count`.
local function spilledPriorities(queue, count)
  local key = queues.spilledKey(queue)
  local given = lib.effects.scores(key) or {}
  local found = {}
  for _, member in ipairs(redis.call('ZREVRANGE', key, 0, count + queue.spilled)) do
    local priority = tonumber(member)
    if given[priority] == nil then found[#found + 1] = priority end
  end
  for priority, score in pairs(given) do if score then found[#found + 1] = priority end end
  table.sort(found, function(a, b) return a > b end)
  return found
end

-- Take lines back into the record when it has none left.
local function refill(queue)
  local priorities = spilledPriorities(queue, MOST_LINES)
  -- What is counted and not there was lost with the server's last moments.
  if #priorities == 0 then queue.spilled = 0 end
  for _, priority in ipairs(priorities) do
    if #queue.lines == MOST_LINES then return end
    local line = loadSpilled(queue, priority)
    lib.effects.score(queues.spilledKey(queue), priority, false)
    queue.spilled = queue.spilled - 1
    if line then
      line.isSpilled = false
      lib.store.drop(spilledField(queue, priority))
      if line.live + line.returned > 0 then queue.lines[#queue.lines + 1] = line else lib.lines.clear(queue, line) end
    end
  end
end

-- The lines that have jobs, highest priority first. Those that have none are dropped.
function queues.lines(queue)
  local kept = {}
  for _, line in ipairs(queue.lines) do
    if line.live + line.returned > 0 then kept[#kept + 1] = line else lib.lines.clear(queue, line) end
  end
  if #kept < #queue.lines then
    queue.lines = kept
    queues.touch(queue)
  end
  while #queue.lines == 0 and queue.spilled > 0 do
    queues.touch(queue)
    refill(queue)
  end
  return queue.lines
end

-- Lines outside the record, highest priority first, at most `count`.
function queues.spilledLines(queue, count)
  local found = {}
  for _, priority in ipairs(queue.spilled > 0 and spilledPriorities(queue, count) or {}) do
    local line = #found < count and loadSpilled(queue, priority)
    if line then
      saveSpilled(queue, line)
      found[#found + 1] = line
    end
  end
  return found
end

-- Every line; for draining.
function queues.allLines(queue)
  local found = {}
  for _, line in ipairs(queue.lines) do found[#found + 1] = line end
  for _, line in ipairs(queues.spilledLines(queue, queue.spilled)) do found[#found + 1] = line end
  return found
end

local pruned = {}

-- Take out those who hear nothing any more. The others look again, since only so it is known that they hear.
function queues.prune(queue)
  if pruned[queue.name] then return end
  pruned[queue.name] = true
  local kept = {}
  for _, client in ipairs(queue.waiting) do
    if redis.pcall(PUBLISH, root .. ':wake:' .. client, '') ~= 0 then kept[#kept + 1] = client end
  end
  if #kept == #queue.waiting then return end
  queue.waiting = kept
  queues.touch(queue)
end

-- Let a client know when there is something in the queue.
function queues.wait(queue, client)
  for _, waiting in ipairs(queue.waiting) do
    if waiting == client then return end
  end
  -- Each time that they have doubled: clients come and go where no job ever comes.
  if isCrowd(#queue.waiting) then queues.prune(queue) end
  queue.waiting[#queue.waiting + 1] = client
  queues.touch(queue)
end

-- Those who wait look again; whoever finds nothing waits anew.
function queues.wake(queue)
  if #queue.waiting == 0 then return end
  for _, client in ipairs(queue.waiting) do lib.effects.publish(root .. ':wake:' .. client, '') end
  queue.waiting = {}
  queues.touch(queue)
end

local function isEmpty(queue)
  for _, count in ipairs(queue.counts) do
    if count ~= 0 then return false end
  end
  return #queue.waiting == 0 and queue.spilled == 0
end

local function forget(queue)
  lib.store.drop('q' .. queue.name)
  lib.effects.remove('SREM', root .. ':queues', queue.name)
end

local function pack(queue)
  local kept = {}
  for _, line in ipairs(queue.lines) do
    if line.live + line.returned > 0 then
      lib.lines.pack(queue, line)
      kept[#kept + 1] = line
    else
      lib.lines.clear(queue, line)
    end
  end
  queue.lines = kept
end

-- Put what was pushed to the lines of this script where it stays; forget queues that hold nothing and that nobody waits
-- for.
function queues.flush()
  for line, queue in pairs(spilled) do lib.lines.pack(queue, line) end
  for _, queue in pairs(touched) do
    pack(queue)
    if isEmpty(queue) then forget(queue) end
  end
end
