-- What a script answers.
local function answer(...)
  return cmsgpack.pack({ ... })
end

-- Whether so many wait for one queue that it is time to see who of them is still there.
local function isCrowd(count)
  return count >= 16 and bit.band(count, count - 1) == 0
end

-- Whether what this script writes gives memory back, or serves those who do.
local frees = false
local isDirty = false

-- The first write decides whether a full memory lets the script go on: what gives memory back may not be refused, and
-- whatever comes after a command that deletes is not. That holds too for what those need who work jobs off: sessions,
-- and waits for results.
local function write(...)
  if isDirty or not frees then
    local reply = redis.call(...)
    isDirty = true
    return reply
  end
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err then
    if not string.find(reply.err, 'OOM', 1, true) then return redis.call(...) end
    redis.call('HDEL', root, '')
    isDirty = true
    return redis.call(...)
  end
  isDirty = true
  return reply
end
