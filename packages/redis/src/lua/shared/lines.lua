-- A line of jobs: `head + list + tail`, entries of 6 bytes of position and an id. Nothing is written before the end, so that
-- what is taken from the list is only counted (`taken`) until then.
local MOST_AT_TAIL = 32
local MOST_TAIL_BYTES = 2048
local LEAST_READ = 32
local MOST_READ = 1000

local function keyOf(queue, line)
  return root .. ':line:' .. string.format('%.0f', line.priority) .. ':' .. queue.name
end

function lines.returnedKey(queue, line)
  return root .. ':returned:' .. string.format('%.0f', line.priority) .. ':' .. queue.name
end

-- What stands for a job, with its length before it, so that entries can follow each other.
function lines.framed(position, id)
  return struct.pack('>I2I6c0', #id + 6, position, id)
end

function lines.push(line, position, id)
  line.fresh = line.fresh or {}
  line.fresh[#line.fresh + 1] = lines.framed(position, id)
  line.live = line.live + 1
end

-- Position and id of the entry of a string at some place, and the place of the next.
function lines.parse(entries, at)
  local size, position = struct.unpack('>I2I6', entries, at)
  local next = at + 2 + size
  return position, string.sub(entries, at + 8, next - 1), next
end

local function readList(queue, line, wanted)
  local count = math.min(line.listed, math.max(wanted, LEAST_READ), MOST_READ)
  local found = redis.call('LRANGE', keyOf(queue, line), line.taken, line.taken + count - 1)
  line.taken = line.taken + count
  line.listed = line.listed - count
  line.head = table.concat(found)
  line.at = 1
end

local function readTail(line)
  line.head = line.tail .. table.concat(line.fresh or {})
  line.at = 1
  line.tail = ''
  line.tailCount = 0
  line.fresh = nil
end

-- Position and id of the next entry, or nil at the end; `wanted`: how many will be asked for.
function lines.next(queue, line, wanted)
  while line.at > #line.head do
    if line.listed > 0 then
      readList(queue, line, wanted)
    elseif line.tail ~= '' or line.fresh then
      readTail(line)
    else
      return nil
    end
  end
  local position, id
  position, id, line.at = lines.parse(line.head, line.at)
  return position, id
end

-- Put entries { position, id } back before all others, in their order.
function lines.putBack(line, entries)
  if #entries == 0 then return end
  local framed = {}
  for at, entry in ipairs(entries) do framed[at] = lines.framed(entry[1], entry[2]) end
  line.head = table.concat(framed) .. string.sub(line.head, line.at)
  line.at = 1
end

-- The line has no job any more: neither have its entries a meaning.
function lines.clear(queue, line)
  local old = line.listed + line.taken
  -- Not the whole list: a line that begins anew in this script may have pushed to it.
  if old > 0 then lib.effects.remove('LTRIM', keyOf(queue, line), old, -1) end
  line.head, line.tail, line.fresh = '', '', nil
  line.listed, line.taken, line.tailCount, line.stale, line.at = 0, 0, 0, 0, 1
end

local function moveTail(queue, line)
  local key = keyOf(queue, line)
  local at = 1
  while at <= #line.tail do
    local _, _, next = lines.parse(line.tail, at)
    lib.effects.add('RPUSH', key, string.sub(line.tail, at, next - 1))
    at = next
  end
  for _, each in ipairs(line.fresh) do lib.effects.add('RPUSH', key, each) end
  line.listed = line.listed + line.tailCount + #line.fresh
  line.tail, line.tailCount, line.fresh = '', 0, nil
end

-- Bring a line into the form in which it is kept.
function lines.pack(queue, line)
  line.head = string.sub(line.head, line.at)
  line.at = 1
  if line.taken > 0 then
    -- Runs after what was pushed: the entries taken are the first ones all the same.
    lib.effects.remove('LTRIM', keyOf(queue, line), line.taken, -1)
    line.taken = 0
  end
  if not line.fresh then return end
  if line.tailCount + #line.fresh > MOST_AT_TAIL or #line.tail > MOST_TAIL_BYTES then return moveTail(queue, line) end
  line.tail = line.tail .. table.concat(line.fresh)
  line.tailCount = line.tailCount + #line.fresh
  line.fresh = nil
end
