-- Payloads. A small one is kept where it belongs: `t` or `b` for text or bytes, and the content. A larger one is kept
-- apart, under a number of its own, and has one owner: `T` or `B`, the number, a colon, its size.
local MOST_INLINE = 1024
local MOST_IN_HASH = 64 * 1024

-- Payloads that this script keeps, which the server gets at its end.
local fresh = {}

local function hashKey()
  return root .. ':blobs'
end

local function keyOf(number)
  return root .. ':blob:' .. number
end

local function parse(blob)
  local number, size = string.match(blob, '^.(%d+):(%d+)$')
  return number, tonumber(size)
end

-- Whether a blob is the payload itself.
function blobs.isInline(blob)
  local kind = string.byte(blob)
  return kind == 116 or kind == 98
end

-- Keep a payload, given with its kind in front; answers what stands for it.
function blobs.keep(payload)
  local size = #payload - 1
  if size <= MOST_INLINE then return payload end
  local number = string.format('%.0f', lib.space.count())
  fresh[number] = payload
  if size <= MOST_IN_HASH then
    lib.effects.add('HSET', hashKey(), number, payload)
  else
    lib.effects.put(keyOf(number), payload)
  end
  return string.upper(string.sub(payload, 1, 1)) .. number .. ':' .. string.format('%.0f', size)
end

-- It is not needed any more.
function blobs.free(blob)
  if not blob or blobs.isInline(blob) then return end
  local number, size = parse(blob)
  if size <= MOST_IN_HASH then
    lib.effects.remove('HDEL', hashKey(), number)
  else
    lib.effects.remove('UNLINK', keyOf(number))
  end
end

function blobs.size(blob)
  if blobs.isInline(blob) then return #blob - 1 end
  local _, size = parse(blob)
  return size
end

-- The payload, with its kind in front.
function blobs.read(blob)
  if blobs.isInline(blob) then return blob end
  local number, size = parse(blob)
  if fresh[number] then return fresh[number] end
  if size <= MOST_IN_HASH then return redis.call('HGET', hashKey(), number) end
  return redis.call('GET', keyOf(number))
end

-- A part of it: its kind, its size, these bytes.
function blobs.part(blob, offset, length)
  if blobs.isInline(blob) then
    return string.sub(blob, 1, 1), #blob - 1, string.sub(blob, offset + 2, offset + 1 + length)
  end
  local number, size = parse(blob)
  local kind = string.lower(string.sub(blob, 1, 1))
  if size > MOST_IN_HASH then
    return kind, size, redis.call('GETRANGE', keyOf(number), offset + 1, offset + length)
  end
  return kind, size, string.sub(redis.call('HGET', hashKey(), number), offset + 2, offset + 1 + length)
end

-- Put payloads in the place of what stands for them: entries { table, index }.
function blobs.fill(places)
  local numbers, waiting = {}, {}
  for _, place in ipairs(places) do
    local blob = place[1][place[2]]
    if not blobs.isInline(blob) then
      local number, size = parse(blob)
      if fresh[number] or size > MOST_IN_HASH then
        place[1][place[2]] = blobs.read(blob)
      else
        numbers[#numbers + 1] = number
        waiting[#waiting + 1] = place
      end
    end
  end
  if #numbers == 0 then return end
  local found = redis.call('HMGET', hashKey(), unpack(numbers))
  for at, place in ipairs(waiting) do place[1][place[2]] = found[at] end
end
