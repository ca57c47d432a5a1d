-- Plain claims: of jobs that stand at the head of their line and were never claimed before.
local MOST_READ = 1000
local LEAST_READ = 32
local DEFAULT_MAX_CRASHES = 3
-- What a job may have that changes nothing about its claim.
local CALM = ' run tags meta maxCrashes resultTtl ignoreResult parent deps watchers followers history released args '

local function noteHistory(rare, what)
  if #rare.history >= 100 then return false end
  rare.history[#rare.history + 1] = { what, now, callerId }
  return true
end

local function begin(call, asked)
  slots, ahead, bytes, handed, ids, taken, take = asked[1], asked[2], asked[3], { '', '' }, {}, 0, 1
  while (caller[TAKES][take] or 0) > 0 do take = take + 1 end
  local claim = struct.pack('>I4I4I6I4I7', call[2], call[3], call[4], take, micros) .. owned
  constant = {
    front = '\4\4' .. claim, frontAhead = '\4\5' .. claim,
    claim = struct.pack('>I4I4I4I6', take, call[2], call[3], call[4])
  }
end

-- Places of arguments in the table of values; nil if that is not plain.
local function placesOf(args)
  local found = {}
  for at, argument in ipairs(args) do
    local isSmall = type(argument) == 'string'
    if not isSmall and (not argument or argument[1] == 1) then return nil end
    local name = isSmall and argument or cmsgpack.pack(argument)
    if not placeOf[name] then
      placeOf[name] = #handedValues
      handedValues[#handedValues + 1] = isSmall and { 1, argument } or argument
      if isSmall then bytes = bytes - #argument + 1 end
    end
    found[at] = placeOf[name]
  end
  return found
end

-- What the answer says of what few jobs have; nil if that is not plain.
local function moreOf(rare)
  if not (rare.args or rare.run or rare.ignoreResult or rare.tags or rare.meta) then return '' end
  local places = rare.args and placesOf(rare.args) or false
  if rare.args and not places then return nil end
  return cmsgpack.pack({ places, rare.run or false, rare.ignoreResult or false, rare.tags or false, rare.meta or false })
end

-- Crashes after which a job of some task fails, as the session's program says.
local policies

local function maxCrashesOf(task)
  if not policies then
    local from = LANES_AT + LANE_BYTES * caller[LANES] + TAKE_BYTES * caller[TAKE_COUNT]
    policies = cmsgpack.unpack(string.sub(said, from, -SESSION_BYTES - 1))[1]
  end
  return policies[task] or DEFAULT_MAX_CRASHES
end

-- Whether others wait for a job, which changes nothing about its claim, and there is nothing else.
local function isOnlyAwaited(rest)
  return string.sub(rest, 1, 7) == '\146\129\164deps'
end

-- Whether a job may be one of those that are handed out ahead.
local function mayGo(rare, task)
  return (rare and rare.maxCrashes or maxCrashesOf(task)) > 1
end

-- The same of one with a short record.
local function mayShortGo(raw)
  namesIn(raw, 9 + byteOf(raw, 8))
  return mayGo(false, namedTask)
end

-- The numbers and texts of the long record of a job never claimed, of which nothing is special but that others may wait for it.
local calm

-- Whether a job is like that one, and what the answer says of it is its record.
local function isCalm(raw)
  if not calm or seek(raw, calm, 16, true) ~= 16 then return false end
  local rest, bodyAt = ofBytes('>I4c0', raw, 16 + #calm)
  if rest ~= '' and not isOnlyAwaited(rest) then return false end
  local kind = byteOf(raw, namesIn(raw, bodyAt) + 6)
  return kind == 116 or kind == 98
end

-- The job of a long record: its record from now on, and what the answer says of it, which is the record as it was if nothing
-- is special; nil if it is not plain.
local function takeLong(raw, isAhead, position, drains)
  local form, state, place, placed, drained = ofBytes('>BBBI6I6', raw)
  if form > 3 or state ~= 3 or place ~= 1 or placed ~= position or drained < drains then return nil end
  if form == 3 and not isAhead and isCalm(raw) then return constant.front .. raw, raw end
  local long = longOf(raw, isOnlyAwaited)
  local task, _, _, inputAt = ofBytes(form == 3 and '>Bc0Bc0I6' or '>I2c0I2c0I6', raw, long.bodyAt)
  local kind, rare = byteOf(raw, inputAt), long.rare
  if kind ~= 116 and kind ~= 98 or isAhead and not mayGo(rare, task) then return nil end
  local priority, series, _, attempt, failures, crashes, token, claimedAt = ofBytes('>i4I4dI4I4I4I7I6', raw, 16)
  if claimedAt > 0 or crashes > 0 or long.result ~= '' or rare == nil or rare and not isAmong(rare, CALM) then return nil end
  local more = ''
  if rare then more = moreOf(rare) end
  if not more or rare and rare.history and not noteHistory(rare, 'claimed') then return nil end
  token = math.max(token + 1, micros)
  local record
  if attempt == 0 and token == micros and not (rare and rare.history) then
    record = (isAhead and constant.frontAhead or constant.front) .. raw
    if not rare and form == 3 then calm = cut(raw, 16, long.bodyAt - #long.rest - 5) end
    if more == '' then return record, raw end
  else
    if rare and rare.history then long.rest = restOf(rare) end
    record = claimedOf(raw, long, attempt + 1, token, now, isAhead and 5 or 4, constant.claim, callerId)
  end
  local flags = (isAhead and 1 or 0) + (form == 3 and 2 or 0)
  return record, struct.pack(
    '>BI7I4I4I4I4i4BI4c0', 0, token, attempt + 1, failures, crashes, series, priority, flags, #more, more
  ) .. cut(raw, long.bodyAt)
end

-- Have entries of a line at hand; answers whether there are any.
local function fill(queue, line, wanted)
  line[AT] = line[AT] or 1
  if line[AT] <= #line[HEAD] then return true end
  if line[LISTED] == 0 then
    line[HEAD], line[AT], line[TAIL], line[TAIL_COUNT] = line[TAIL] .. table.concat(line[FRESH] or {}), 1, '', 0
    line[FRESH] = nil
    return line[HEAD] ~= ''
  end
  local taken = line[TAKEN] or 0
  local count = math.min(line[LISTED], math.max(wanted, LEAST_READ), MOST_READ)
  line[HEAD] = table.concat(redis.call('LRANGE', keyOf(queue, line), taken, taken + count - 1))
  line[AT], line[TAKEN], line[LISTED] = 1, taken + count, line[LISTED] - count
  return line[HEAD] ~= ''
end

-- Positions, ids and records of the next entries at hand.
local function read(line, wanted)
  local positions, found = {}, {}
  local entries, at, count = line[HEAD], line[AT], 0
  while at <= #entries and count < wanted do
    count = count + 1
    if byteOf(entries, at + 6) == UUID then
      positions[count], found[count], at = ofBytes('>I6c17', entries, at)
    else
      local position, size = ofBytes('>I6xI2', entries, at)
      positions[count], found[count] = position, cut(entries, at + 6, at + 8 + size)
      at = at + 9 + size
    end
  end
  line[AT] = at
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
    local form, placed = ofBytes('>BI6', raw)
    local record, shown
    if form ~= 1 then
      record, shown = takeLong(raw, isAhead, positions[at], drains)
      if not record then return false end
    elseif placed ~= positions[at] or placed < drains or isAhead and not mayShortGo(raw) then
      return false
    else
      record, shown = (isAhead and constant.frontAhead or front) .. raw, raw
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
    if not fill(queue, line, slots + ahead) then return false end
    local positions, found, records = read(line, slots + ahead)
    if not takeAll(queue.drains, positions, found, records) then return false end
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
