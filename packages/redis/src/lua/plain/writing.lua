-- The end of a plain call: what is added first, then the records, then what is taken away, then the news, as in `effects.lua`.

local function inChunks(command, key, values)
  for from = 1, #values, CHUNK do
    write(command, key, unpack(values, from, math.min(from + CHUNK - 1, #values)))
  end
end

local function publish(channel, message)
  -- News: whoever misses it looks again.
  redis.pcall(PUBLISH, channel, message)
end

local function tell()
  for session, values in pairs(told) do publish(root .. ':told:' .. session, table.concat(values)) end
  for _, hint in ipairs(hints) do publish(hint[1], hint[2]) end
end

local function packTakes(from)
  local takes = caller[TAKES]
  local packed = #takes == 0 and '' or struct.pack('<' .. string.rep(SESSION_TAKE, #takes), unpack(takes))
  return packed .. string.sub(said, from + TAKE_BYTES * caller[TAKE_COUNT], -SESSION_BYTES - 1)
end

-- The record of the session, of which only some is changed.
local function packCaller()
  local takes = caller[TAKES]
  local takesAt = LANES_AT + LANE_BYTES * caller[LANES]
  local rest = takes and packTakes(takesAt) or string.sub(said, takesAt, -SESSION_BYTES - 1)
  local numbers = struct.pack(
    SESSION, caller[LANES], takes and #takes or caller[TAKE_COUNT], caller[LEASE], caller[EPOCH], caller[LEASE_END],
    caller[TURN], caller[HELD], caller[HEARD]
  )
  if not applied then return string.sub(said, 1, takesAt - 1) .. rest .. numbers end
  return string.sub(said, 1, laneAt + 3) .. struct.pack('<I6B', applied, 0) ..
    string.sub(said, laneAt + LANE_BYTES, takesAt - 1) .. rest .. numbers
end

local function finish()
  packQueues()
  set[#set + 1] = 'm'
  set[#set + 1] = string.char(LAYOUT) .. namespace[BLOCK] .. struct.pack(SPACE, unpack(namespace, 1, NOW))
  set[#set + 1] = 's' .. callerId
  set[#set + 1] = packCaller()
  for _, add in ipairs(adds) do inChunks(add[1], add[2], add[3]) end
  inChunks('HSET', root, set)
  if #gone > 0 then inChunks('HDEL', root, gone) end
  for _, command in ipairs(removals) do write(unpack(command)) end
  tell()
end
