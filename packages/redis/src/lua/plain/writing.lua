-- The end of a plain call: what is added first, then the records, then what is taken away, then the news, as in `effects.lua`.
local CHUNK = 4000

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
  for session, outcomes in pairs(told) do
    publish(root .. ':told:' .. session, cmsgpack.pack({ outcomes = outcomes }))
  end
  for _, hint in ipairs(hints) do publish(hint[1], hint[2]) end
end

local function finish()
  packQueues()
  set[#set + 1] = 'm'
  set[#set + 1] = cmsgpack.pack(namespace)
  set[#set + 1] = 's' .. callerId
  set[#set + 1] = cmsgpack.pack(caller)
  for _, add in ipairs(adds) do inChunks(add[1], add[2], add[3]) end
  inChunks('HSET', root, set)
  if #gone > 0 then inChunks('HDEL', root, gone) end
  for _, command in ipairs(removals) do write(unpack(command)) end
  tell()
end
