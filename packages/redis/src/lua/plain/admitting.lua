-- The beginning of a plain enqueue: what it names is read, and it is the next call of its lane.
local call, asked = request[1], request[2]
local callerId, name, size = call[1], asked[3], 3
if not name or #callerId > MOST_IN_BYTE then return nil end

-- Namespace, session, the first queue, the jobs; then other queues, and jobs that edges name.
local others
local toBytes, ofBytes, cut, byteOf = struct.pack, struct.unpack, string.sub, string.byte
fields = { 'm', 's' .. callerId, 'q' .. name, asked[1] }
for at = 1, #asked, 6 do
  size = size + 1
  fields[size] = asked[at]
  if asked[at + 2] ~= name or asked[at + 5] then
    others = others or {}
    if asked[at + 2] ~= name then
      name = asked[at + 2]
      others[#others + 1] = 'q' .. name
    end
    local edges = asked[at + 5] and asked[at + 5][1]
    for index = 2, edges and #edges or 0, 2 do
      if type(edges[index]) == 'string' then others[#others + 1] = edges[index] end
    end
  end
end
for at = 1, others and #others or 0 do fields[size + at] = others[at] end
clock = redis.call('TIME')
found = redis.call('HMGET', root, unpack(fields))

local space, said = found[1], found[2]
if not space or byteOf(space) ~= LAYOUT or not said or byteOf(said) ~= 1 then return nil end
local offset, _, due, workHead, workTail, _, _, _, _, _, count, now = ofBytes(SPACE, space, #space - SPACE_BYTES + 1)
local laneCount, _, _, epoch = ofBytes('<I4I4dd', said, #said - SESSION_BYTES + 1)
local wasDue = due
if workHead < workTail or epoch ~= call[2] then return nil end
now = math.floor(math.max(clock[1] * 1000000 + clock[2] + offset * 1000, now * 1000) / 1000)

-- The last call of the lane was answered `ok` alone, and the one that this is to follow was applied.
local laneAt, isFresh, isInTurn = nil, false, not call[5]
for at = LANES_AT, LANES_AT + LANE_BYTES * (laneCount - 1), LANE_BYTES do
  local number, last, hasAnswers = ofBytes(SESSION_LANE, said, at)
  if number == call[3] then laneAt, isFresh = at, hasAnswers == 0 and last < call[4] end
  if number == call[5] then isInTurn = last >= call[6] end
end
if not isFresh or not isInTurn then return nil end
