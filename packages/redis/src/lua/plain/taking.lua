-- Plain claims: of jobs that stand at the head of their line and were never claimed before.
local MOST_READ = 1000

local function begin(call, asked)
  slots, ahead, bytes, handed, ids, taken, take = asked[1], asked[2], asked[3], { '', '' }, {}, 0, 1
  while (caller[TAKES][take] or 0) > 0 do take = take + 1 end
  local claim = struct.pack('>I4I4I6I4I7', call[2], call[3], call[4], take, micros) .. owned
  constant = {
    front = '\4\4' .. claim, frontAhead = '\4\5' .. claim,
    claim = struct.pack('>I4I4I4I6', take, call[2], call[3], call[4])
  }
end

-- What few claims need, once one does.
local picking

local function pickingOf()
  if picking then return picking end
  picking = {}
  definePicking(picking)
  return picking
end

-- What comes next in a line: about as many entries as are wanted, or none.
local function fill(queue, line, wanted)
  if line[LISTED] == 0 then
    local blocks = line[FRESH] and gather(line)
    local found = blocks and table.concat(blocks) .. line[TAIL] or line[TAIL]
    line[TAIL], line[TAIL_COUNT] = '', 0
    return found
  end
  local taken, count = line[TAKEN] or 0, math.min(line[LISTED], math.ceil(wanted / MOST_AT_TAIL))
  line[TAKEN], line[LISTED] = taken + count, line[LISTED] - count
  return table.concat(redis.call('LRANGE', keyOf(queue, line), taken, taken + count - 1))
end

-- Positions, ids and records of the next entries.
local function read(queue, line, wanted)
  local positions, found, count = {}, {}, 0
  local entries, at, position, left = line[HEAD], line[AT] or 1, line[POSITION], line[LEFT] or 0
  while count < wanted do
    if left == 0 and at > #entries then
      entries, at = fill(queue, line, wanted - count), 1
      if entries == '' then break end
    end
    if left == 0 then position, left, at = ofBytes('>I6B', entries, at) end
    local upTo = math.min(wanted, count + left)
    left = left + count - upTo
    for index = count + 1, upTo do
      local size = byteOf(entries, at) == UUID and 17 or 3 + ofBytes('>I2', entries, at + 1)
      positions[index], found[index] = position, cut(entries, at, at + size - 1)
      position, at = position + 1, at + size
    end
    count = upTo
  end
  line[HEAD], line[AT], line[POSITION], line[LEFT] = entries, at, position, left
  if count == 0 then return positions, found end
  local records = redis.call('HMGET', root, unpack(found))
  if next(renewed) then
    for index, id in ipairs(found) do
      if renewed[id] then records[index] = set[renewed[id]] end
    end
  end
  return positions, found, records
end

-- Take the jobs of entries, one after the other; answers whether that was plain.
local function takeAll(drains, positions, found, records)
  local written, told, front = #set, #handed, constant.front
  for at = 1, #found do
    local id, raw, isAhead = found[at], records[at], slots <= 0
    if not raw then return false end
    local record, shown, needed = nil, raw, nil
    local kind = byteOf(raw)
    if kind == NEEDING then
      needed, shown = pickingOf().takeNeeds(raw)
      if not needed then return false end
      kind = byteOf(shown)
    end
    -- Who waits for a job changes nothing.
    if kind == AWAITED then shown = cut(shown, 4 + ofBytes('>I2', shown, 2)) end
    local form, placed, low = ofBytes('>BI4I2', shown)
    if form == 1 then placed = placed * 65536 + low end
    if form ~= 1 and form < BRIEF then
      record, shown = pickingOf().takeLong(raw, isAhead, positions[at], drains)
      if not record then return false end
    elseif placed ~= positions[at] or placed < drains or isAhead and not pickingOf().mayShortGo(shown) then
      return false
    else
      record = (isAhead and constant.frontAhead or front) .. raw
      if needed then shown = needed .. shown end
    end
    bytes = bytes - #shown
    if bytes < 0 and taken + at > 1 then return false end
    if isAhead then ahead = ahead - 1 else slots = slots - 1 end
    local place = renewed[id]
    if not place then
      written = written + 2
      place = written
    end
    set[place - 1], set[place] = id, record
    handed[told + 1], handed[told + 2] = lengthOf(shown), shown
    told = told + 2
  end
  return true
end

local function takeFromLine(queue, line)
  if line[RETURNED] > 0 then return false end
  while line[LIVE] > 0 and slots + ahead > 0 do
    local positions, found, records = read(queue, line, math.min(slots + ahead, MOST_READ))
    if #found == 0 or not takeAll(queue.drains, positions, found, records) then return false end
    local count = #found
    taken, ids[#ids + 1] = taken + count, table.concat(found)
    line[LIVE] = line[LIVE] - count
    queue.counts[ENQUEUED] = queue.counts[ENQUEUED] - count
    queue.counts[PROCESSING] = queue.counts[PROCESSING] + count
  end
  return true
end

local function takeFrom(queue)
  if queue.counts[ENQUEUED] <= 0 then return true end
  for _, line in ipairs(queue.lines) do
    if slots + ahead <= 0 then return true end
    if not takeFromLine(queue, line) then return false end
  end
  return true
end

-- Names of queues in the order in which it is their turn.
local function inTurn(names, isFair)
  if not isFair or #names == 0 then return names end
  local from = caller[TURN] % #names
  caller[TURN] = caller[TURN] + 1
  local found = {}
  for at = 1, #names do found[at] = names[(from + at - 1) % #names + 1] end
  return found
end

local function noteTaken()
  if taken == 0 then return end
  handed[2] = table.concat(ids)
  caller[TAKES][take] = taken
  caller[HELD] = caller[HELD] + taken
  freed[take] = nil
  set[#set + 1] = 'h' .. callerId .. ':' .. take
  set[#set + 1] = handed[2]
  if caller[LEASE] < 0 then return end
  caller[LEASE_END] = now + caller[LEASE]
  tellDue(math.floor(now + caller[LEASE] / 4))
end

-- Take jobs; answers what `claims.lua` tells of them, or nil.
local function claimPlainly(call, asked)
  begin(call, asked)
  local room = slots
  for _, name in ipairs(inTurn(asked[4], asked[5])) do
    local queue = find(name)
    if not queue or not takeFrom(queue) then return nil end
    if slots + ahead <= 0 then break end
  end
  noteTaken()
  return { taken, room - slots, micros, handedValues, false }
end

-- An answer, and behind it what was taken.
local function joinHanded(told)
  handed[1] = told
  return table.concat(handed)
end
