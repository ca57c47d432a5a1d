-- Claims of jobs that have a long record, or are to be handed out ahead. Made when there is one: given the table to
-- fill.
local DEFAULT_MAX_CRASHES = 3
-- What a job may have that changes nothing about its claim.
local CALM = ' run tags meta maxCrashes resultTtl ignoreResult parent deps watchers followers history released args '

local packedPlaces = {}

-- The place of an argument in the table of values.
local function placeOfValue(argument)
  local place = placeOf[argument]
  if not place then
    place = #handedValues
    placeOf[argument] = place
    handedValues[place + 1] = { 1, argument }
    bytes = bytes - #argument + 1
  end
  return place
end

-- A place as an answer has it behind a record.
local function packedPlace(place)
  local found = packedPlaces[place]
  if not found then
    found = struct.pack('>I4', place)
    packedPlaces[place] = found
  end
  return found
end

-- Places of arguments in the table of values; nil if that is not plain.
local function placesOf(args)
  if type(args) == 'string' then
    local found, at, argument = {}, 1, nil
    while at <= #args do
      argument, at = ofBytes('>I2c0', args, at)
      if argument == '' then return nil end
      found[#found + 1] = placeOfValue(argument)
    end
    return found
  end
  local found = {}
  for at, argument in ipairs(args) do
    if not argument or argument[1] == 1 then return nil end
    if type(argument) == 'string' then
      found[at] = placeOfValue(argument)
    else
      local name = cmsgpack.pack(argument)
      if not placeOf[name] then
        placeOf[name] = #handedValues
        handedValues[#handedValues + 1] = argument
      end
      found[at] = placeOf[name]
    end
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

-- Of a job that waited for others, what the answer says of its arguments: where they are among the values; and its
-- record without what it needed. Nil if it waits, or that is not plain.
function picking.takeNeeds(raw)
  local _, edges, args, after = ofBytes(NEEDS, raw)
  if edges ~= '' then return nil end
  local found, at, argument = {}, 1, nil
  while at <= #args do
    argument, at = ofBytes('>I2c0', args, at)
    if argument == '' then return nil end
    found[#found + 1] = packedPlace(placeOfValue(argument))
  end
  return struct.pack('>BI4', NEEDING, #found) .. table.concat(found), cut(raw, after)
end

-- Whether others wait for a job, which changes nothing about its claim, and there is nothing else.
local function isOnlyAwaited(rest)
  return string.sub(rest, 1, 7) == '\146\129\164deps'
end

-- Whether a job may be one of those that are handed out ahead.
local function mayGo(rare, task)
  return (rare and rare.maxCrashes or maxCrashesOf(task)) > 1
end

-- The same of one with a short record, or a brief one.
function picking.mayShortGo(raw)
  local form = byteOf(raw)
  if form >= BRIEF then return mayGo(false, cut(raw, 6, form - BRIEF + 5)) end
  namesIn(raw, 9 + byteOf(raw, 8))
  return mayGo(false, namedTask)
end

-- The numbers and texts of the long record of a job never claimed, of which nothing is special but that others may wait
-- for it.
local calm

-- Whether a job is like that one, and what the answer says of it is its record.
local function isCalm(raw)
  if not calm or seek(raw, calm, 16, true) ~= 16 then return false end
  local rest, bodyAt = ofBytes('>I4c0', raw, 16 + #calm)
  if rest ~= '' and not isOnlyAwaited(rest) then return false end
  local kind = byteOf(raw, namesIn(raw, bodyAt) + 6)
  return kind == 116 or kind == 98
end

-- The job of a long record: its record from now on, and what the answer says of it, which is the record as it was if
-- nothing is special; nil if it is not plain.
function picking.takeLong(raw, isAhead, position, drains)
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
