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
  slots, ahead, bytes, handed, ids, take = asked[1], asked[2], asked[3], {}, {}, 1
  while (caller[TAKES][take] or 0) > 0 do take = take + 1 end
  local front = struct.pack('>BI4I4I6I4', 4, call[2], call[3], call[4], take)
  local stamps = struct.pack('>I7I4I4I4I4i4', micros, 1, 0, 0, 1, 0)
  constant = {
    front = front .. '\4', frontAhead = front .. '\5', owned = struct.pack('>I7', micros) .. owned,
    told = stamps .. '\2\0\0\0\0', toldAhead = stamps .. '\3\0\0\0\0',
    claim = struct.pack('>I4I4I4I6', take, call[2], call[3], call[4])
  }
end

-- How often it was handed out before in this call.
local function indexOf()
  return toBytes('>I2', #handed + 1)
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

-- Whether a reply has room for an input that takes the rest of a record from a place on, small as it stands there.
local function hasRoom(raw, inputAt)
  local kind = byteOf(raw, inputAt)
  if kind ~= 116 and kind ~= 98 then return false end
  bytes = bytes - #raw + inputAt
  return #handed == 0 or bytes >= 0
end

-- The job of a short record: its record from now on, and what the answer says of it; nil if it is not plain.
local function takeShort(raw, id, isAhead, position, drains)
  local _, placed, size = ofBytes('>BI6B', raw)
  local bodyAt = 9 + size
  if placed ~= position or placed < drains or not hasRoom(raw, namesIn(raw, bodyAt + 6)) then return nil end
  if isAhead and not mayGo(false, namedTask) then return nil end
  local body = cut(raw, bodyAt)
  local record = (isAhead and constant.frontAhead or constant.front) .. indexOf() .. cut(raw, 2, bodyAt - 1) ..
    constant.owned .. body
  return record, sizeOf(id) .. id .. (isAhead and constant.toldAhead or constant.told) .. body
end

-- The same of a long record.
local function takeLong(raw, id, isAhead, position, drains)
  local state, place, placed, drained = struct.unpack('>BBI6I6', raw, 2)
  if state ~= 3 or place ~= 1 or placed ~= position or drained < drains then return nil end
  local long = longOf(raw, isOnlyAwaited)
  local _, task, _, inputAt = struct.unpack(string.byte(raw) == 2 and '>I6I2c0I2c0' or '>I6Bc0Bc0', raw, long.bodyAt)
  if not hasRoom(raw, inputAt) or isAhead and not mayGo(long.rare, task) then return nil end
  local priority, series, _, attempt, failures, crashes, token, claimedAt = struct.unpack('>i4I4dI4I4I4I7I6', raw, 16)
  local rare = long.rare
  if claimedAt > 0 or crashes > 0 or long.result ~= '' or rare == nil then return nil end
  if rare and not isAmong(rare, CALM) or rare and rare.history and not noteHistory(rare, 'claimed') then return nil end
  token = math.max(token + 1, micros)
  local rest = rare and rare.history and restOf(rare) or long.rest
  local more = ''
  if rare then more = moreOf(rare) end
  if not more or #handed > 0 and bytes < 0 then return nil end
  local body = string.sub(raw, long.bodyAt)
  local record = string.sub(raw, 1, 1) .. '\4\0' .. string.sub(raw, 4, 31) .. struct.pack('>I4', attempt + 1) ..
    string.sub(raw, 36, 43) .. struct.pack('>I7I6', token, now) .. string.sub(raw, 57, 62) .. (isAhead and '\5' or '\4') ..
    constant.claim .. '\0\0' .. indexOf() .. string.sub(raw, 86, 93) ..
    struct.pack('>I2c0I2c0I4I4c0', #long.reply, long.reply, #callerId, callerId, 0, #rest, rest) .. body
  local told = struct.pack('>I7I4I4I4I4i4', token, attempt + 1, failures, crashes, series, priority)
  local flags = (isAhead and 1 or 0) + (string.byte(raw) == 3 and 2 or 0)
  return record, sizeOf(id) .. id .. told .. struct.pack('>BI4c0', flags, #more, more) .. body
end

-- Take the job of an entry; answers whether that was plain.
local function takeOne(queue, line, position, id, field)
  local renewedAt = renewed[field]
  local raw = renewedAt and set[renewedAt] or raws[field]
  local form = raw and byteOf(raw)
  if not form or form > 3 then return false end
  local isAhead, apply = slots <= 0, form == 1 and takeShort or takeLong
  local record, told = apply(raw, id, isAhead, position, queue.drains)
  if not record then return false end
  if isAhead then ahead = ahead - 1 else slots = slots - 1 end
  local at = renewedAt or #set + 2
  set[at - 1], set[at] = field, record
  at = #handed + 1
  handed[at], ids[at] = told, id
  line[LIVE] = line[LIVE] - 1
  queue.counts[ENQUEUED] = queue.counts[ENQUEUED] - 1
  queue.counts[PROCESSING] = queue.counts[PROCESSING] + 1
  return true
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

-- Positions, ids and fields of the next entries at hand, whose jobs are read.
local function read(line, wanted)
  local positions, found, fields, missing = {}, {}, {}, {}
  local framed, at, count = line[HEAD], line[AT], 0
  while at <= #framed and count < wanted do
    local size, position = ofBytes('>I2I6', framed, at)
    local id = cut(framed, at + 8, at + 1 + size)
    local field = 'j' .. id
    count = count + 1
    positions[count], found[count], fields[count] = position, id, field
    if not renewed[field] then missing[#missing + 1] = field end
    at = at + 2 + size
  end
  line[AT] = at
  if #missing > 0 then fetch(missing) end
  return positions, found, fields
end

local function takeFromLine(queue, line)
  if line[RETURNED] > 0 then return false end
  while line[LIVE] > 0 and slots + ahead > 0 do
    if not fill(queue, line, slots + ahead) then return false end
    local positions, found, fields = read(line, slots + ahead)
    for at = 1, #found do
      if not takeOne(queue, line, positions[at], found[at], fields[at]) then return false end
    end
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
  if #handed == 0 then return end
  caller[TAKES][take] = #handed
  caller[HELD] = caller[HELD] + #handed
  freed[take] = nil
  set[#set + 1] = 'h' .. callerId .. ':' .. take
  set[#set + 1] = cmsgpack.pack(ids)
  if caller[LEASE] < 0 then return end
  caller[LEASE_END] = now + caller[LEASE]
  tellDue(math.floor(now + caller[LEASE] / 4))
end

-- Take jobs; answers what `claim.lua` does, or nil.
local function claimPlainly(call, asked)
  begin(call, asked)
  for _, name in ipairs(inTurn(asked[4], asked[5])) do
    local queue = find(name)
    if not queue or not takeFrom(queue) then return nil end
    if slots + ahead <= 0 then break end
  end
  noteTaken()
  return { handed, handedValues, false }
end
