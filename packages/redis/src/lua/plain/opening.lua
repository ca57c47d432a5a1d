-- The beginning of a plain claim or settlement: who calls, when, and whether it is their turn.
-- Read what the call names, the first few only as `asRead`; answers whether nothing about namespace and session is
-- special.
local function open(call, fields, few)
  clock = redis.call('TIME')
  callerId = call[1]
  if #callerId > MOST_IN_BYTE then return false end
  owned = string.char(#callerId) .. callerId
  ownership = struct.pack('>I2c0I4I4', #callerId, callerId, 0, 0)
  local count = #fields
  fields[count + 1], fields[count + 2] = 'm', 's' .. callerId
  asRead, namesRead = redis.call('HMGET', root, unpack(fields)), fields
  for at = few and few + 1 or 1, count do raws[fields[at]] = asRead[at] end
  local space = asRead[count + 1]
  said = asRead[count + 2]
  if not space or byteOf(space) ~= LAYOUT or not said or byteOf(said) ~= 1 then return false end
  namespace = { ofBytes(SPACE, space, #space - SPACE_BYTES + 1) }
  if namespace[WORK_HEAD] < namespace[WORK_TAIL] then return false end
  namespace[BLOCK] = cut(space, 2, -SPACE_BYTES - 1)
  caller = { ofBytes(SESSION, said, #said - SESSION_BYTES + 1) }
  caller[TAKES] = nil
  micros = math.max(clock[1] * 1000000 + clock[2] + namespace[CLOCK_OFFSET] * 1000, namespace[NOW] * 1000)
  now = math.floor(micros / 1000)
  namespace[NOW] = now
  caller[HEARD] = now
  -- The last call of the lane was answered `ok` alone, and the one that this is to follow was applied.
  if caller[EPOCH] ~= call[2] then return false end
  local isFresh, isInTurn = false, not call[5]
  for at = LANES_AT, LANES_AT + LANE_BYTES * (caller[LANES] - 1), LANE_BYTES do
    local number, last, hasAnswers = ofBytes(SESSION_LANE, said, at)
    if number == call[3] then laneAt, isFresh = at, hasAnswers == 0 and last < call[4] end
    if number == call[5] then isInTurn = last >= call[6] end
  end
  return isInTurn and isFresh
end

-- Read the session's counts of what it took at once, which are written from then on; answers whether they are not too
-- many.
local function readTakes()
  local count, takes = caller[TAKE_COUNT], {}
  if count > MOST_TAKES then return false end
  if count > 0 then
    local format = count == 1 and '<I4' or '<' .. string.rep(SESSION_TAKE, count)
    takes = { ofBytes(format, said, LANES_AT + LANE_BYTES * caller[LANES]) }
    takes[count + 1] = nil
  end
  caller[TAKES] = takes
  return true
end

local function tellDue(at)
  if at >= namespace[DUE] then return end
  namespace[DUE] = at
  hints[#hints + 1] = { root .. ':clock', cmsgpack.pack({ due = at }) }
end
