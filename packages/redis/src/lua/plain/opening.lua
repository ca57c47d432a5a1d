-- The short way, for calls in which all is plain: jobs without edges, claims that pass over nothing, and
-- successes. Most calls are, and so they need none of the tables and functions that the others are made of. It reads,
-- reckons, and writes at its end; if anything is not plain it answers nothing, having written nothing, and the whole call
-- goes the long way, with what was read.
local LAYOUT = 2
-- Lengths above this do not fit in a byte; the name of a queue that records leave out. See `jobs.lua`.
local MOST_IN_BYTE = 255
local USUAL = 'default'

-- Places in the records of the namespace and of a session, see `space.lua` and `sessions.lua`.
local CLOCK_OFFSET, NOW, COUNT, DUE, WORK_HEAD, WORK_TAIL, ENDED, BUCKET, EXPENDABLE, MINUTE = 2, 3, 4, 6, 7, 8, 9, 10, 11, 12
local LEASE, POLICIES, EPOCH, LEASE_END, HEARD, OVER, SUSPECT, TURN, HELD, TAKES, LANES = 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 14

-- The namespace; the session that calls, and its lane.
local namespace, caller, callerId, lane, now, micros
-- What a record says of the owner, the result and the rest of a job that the caller has and that has nothing special.
local ownership

-- What is to be written: pairs, fields, commands in the order of `effects.lua`, messages.
local set, gone, adds, removals, told, hints = {}, {}, {}, {}, {}, {}

local function fetch(fields)
  local found = redis.call('HMGET', root, unpack(fields))
  for at, field in ipairs(fields) do raws[field] = found[at] end
end

-- Whether a call is the next of its lane, the last one was answered `ok` alone, and the one it is to follow was applied.
local function isNext(call)
  if caller[OVER] or caller[EPOCH] ~= call[2] then return false end
  local isInTurn = not call[5]
  for _, each in ipairs(caller[LANES]) do
    if each[1] == call[3] then lane = each end
    if each[1] == call[5] then isInTurn = each[2] >= call[6] end
  end
  return isInTurn and lane and not lane[3] and lane[2] < call[4]
end

-- Read what the call names; answers whether nothing about namespace and session is special.
local function open(call, fields)
  clock = redis.call('TIME')
  callerId = call[1]
  ownership = struct.pack('>I2c0I4I4', #callerId, callerId, 0, 0)
  fields[#fields + 1] = 'm'
  fields[#fields + 1] = 's' .. callerId
  fetch(fields)
  local found = raws['s' .. callerId]
  if not raws.m or not found then return false end
  namespace = cmsgpack.unpack(raws.m)
  if namespace[1] ~= LAYOUT or namespace[WORK_HEAD] < namespace[WORK_TAIL] then return false end
  caller = cmsgpack.unpack(found)
  micros = math.max(clock[1] * 1000000 + clock[2] + namespace[CLOCK_OFFSET] * 1000, namespace[NOW] * 1000)
  now = math.floor(micros / 1000)
  namespace[NOW] = now
  caller[HEARD] = now
  return isNext(call)
end

local function tellDue(at)
  if namespace[DUE] and at >= namespace[DUE] then return end
  namespace[DUE] = at
  hints[#hints + 1] = { root .. ':clock', cmsgpack.pack({ due = at }) }
end
