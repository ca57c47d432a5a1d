-- The end of a plain claim or settlement: what is added first, then the records, then what is taken away, then the
-- news, as in `effects.lua`.
local function inChunks(command, key, values)
  for from = 1, #values, CHUNK do
    write(command, key, unpack(values, from, math.min(from + CHUNK - 1, #values)))
  end
end

-- Bring what comes to a line to its tail; answers the blocks that are full then, or nil.
local function gather(line)
  local came, runs, last, tailCount, blocks = line[FRESH], line[RUNS], line[TAIL], line[TAIL_COUNT], nil
  local cameCount = #came
  --> blocking
  line[TAIL], line[TAIL_COUNT], line[FRESH], line[RUNS] = last, tailCount, nil, nil
  return blocks
end

-- A line as it stands in the record; nil if no job stands in it any more.
local function packLine(queue, line)
  local taken, head = line[TAKEN] or 0, line[HEAD]
  local isEmpty = line[LIVE] + line[RETURNED] == 0
  local gone = isEmpty and taken + line[LISTED] or taken
  if gone > 0 then removals[#removals + 1] = { 'LTRIM', keyOf(queue, line), gone, -1 } end
  if isEmpty then return nil end
  local blocks = line[FRESH] and gather(line)
  if blocks then adds[#adds + 1] = { 'RPUSH', keyOf(queue, line), blocks } end
  local tail, listed = line[TAIL], line[LISTED] + (blocks and #blocks or 0)
  if line[AT] then head = cut(head, line[AT]) end
  if line[AT] and line[LEFT] > 0 then head = struct.pack('>I6B', line[POSITION], line[LEFT]) .. head end
  return struct.pack(
    LINE, line[PRIORITY], line[LIVE], line[RETURNED], line[STALE], listed, line[TAIL_COUNT], #head, head, #tail, tail
  )
end

local function packQueue(queue)
  local lines, lineCount, waiting, counts = '\1', 0, queue.waiting, queue.counts
  for at = 1, #queue.lines do
    local kept = packLine(queue, queue.lines[at])
    if kept then lines, lineCount = lines .. kept, lineCount + 1 end
  end
  for at = 1, #waiting do lines = lines .. struct.pack(CLIENT, #waiting[at], waiting[at]) end
  local a, b, c, d, e, f, g = unpack(counts)
  return lines .. struct.pack(QUEUE, lineCount, #waiting, queue.drains, a, b, c, d, e, f, g, now)
end

-- The record of the session, of which only some is changed.
local function packCaller()
  local takes, takesAt = caller[TAKES], LANES_AT + LANE_BYTES * caller[LANES]
  local count, packed = #takes, ''
  if count > 0 then packed = struct.pack(count == 1 and '<I4' or '<' .. string.rep(SESSION_TAKE, count), unpack(takes)) end
  local rest = packed .. cut(said, takesAt + TAKE_BYTES * caller[TAKE_COUNT], -SESSION_BYTES - 1) .. struct.pack(
    SESSION, caller[LANES], count, caller[LEASE], caller[EPOCH], caller[LEASE_END], caller[TURN], caller[HELD], caller[HEARD]
  )
  if not applied then return cut(said, 1, takesAt - 1) .. rest end
  return cut(said, 1, laneAt + 3) .. struct.pack('<I6B', applied, 0) .. cut(said, laneAt + LANE_BYTES, takesAt - 1) .. rest
end

local function finish()
  local written = #set
  for at = 1, #known do
    set[written + 1], set[written + 2] = 'q' .. known[at].name, packQueue(known[at])
    written = written + 2
  end
  for _, add in ipairs(adds) do inChunks(add[1], add[2], add[3]) end
  -- The last of them with the records of namespace and session.
  local rest = written > 0 and written - (written - 1) % CHUNK or 1
  for from = 1, rest - CHUNK, CHUNK do write('HSET', root, unpack(set, from, from + CHUNK - 1)) end
  write(
    'HSET', root, 'm', string.char(LAYOUT) .. namespace[BLOCK] .. struct.pack(SPACE, unpack(namespace, 1, NOW)),
    's' .. callerId, packCaller(), unpack(set, rest, written)
  )
  if #gone > 0 then inChunks('HDEL', root, gone) end
  for _, command in ipairs(removals) do write(unpack(command)) end
  -- News: whoever misses it looks again.
  for session, values in pairs(told) do redis.pcall(PUBLISH, root .. ':told:' .. session, table.concat(values)) end
  for _, hint in ipairs(hints) do redis.pcall(PUBLISH, hint[1], hint[2]) end
end
