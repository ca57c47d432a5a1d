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

-- Entries one after the other, each after its length.
function lines.framed(entry)
  return struct.pack('>I2', #entry) .. entry
end

function lines.entry(position, id)
  return struct.pack('>I6', position) .. id
end

-- Position and id of an entry.
function lines.parse(entry)
  return struct.unpack('>I6', entry), string.sub(entry, 7)
end

function lines.push(line, position, id)
  line.fresh = line.fresh or {}
  line.fresh[#line.fresh + 1] = lines.framed(lines.entry(position, id))
  line.live = line.live + 1
end

local function readList(queue, line, wanted)
  local count = math.min(line.listed, math.max(wanted, LEAST_READ), MOST_READ)
  local found = redis.call('LRANGE', keyOf(queue, line), line.taken, line.taken + count - 1)
  line.taken = line.taken + count
  line.listed = line.listed - count
  for at, entry in ipairs(found) do found[at] = lines.framed(entry) end
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

-- The next entry, or nil at the end; `wanted`: how many will be asked for.
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
  local size = struct.unpack('>I2', line.head, line.at)
  local entry = string.sub(line.head, line.at + 2, line.at + 1 + size)
  line.at = line.at + 2 + size
  return entry
end

-- Put entries back before all others, in their order.
function lines.putBack(line, entries)
  if #entries == 0 then return end
  for at, entry in ipairs(entries) do entries[at] = lines.framed(entry) end
  line.head = table.concat(entries) .. string.sub(line.head, line.at)
  line.at = 1
end

-- The line has no job any more: neither have its entries a meaning.
function lines.clear(queue, line)
  local old = line.listed + line.taken
  -- Not the whole list: a line that begins anew in this script may have pushed to it.
  if old > 0 then effects.remove('LTRIM', keyOf(queue, line), old, -1) end
  line.head, line.tail, line.fresh = '', '', nil
  line.listed, line.taken, line.tailCount, line.stale, line.at = 0, 0, 0, 0, 1
end

local function splitInto(entries, framed)
  local at = 1
  while at <= #framed do
    local size = struct.unpack('>I2', framed, at)
    entries[#entries + 1] = string.sub(framed, at + 2, at + 1 + size)
    at = at + 2 + size
  end
end

local function moveTail(queue, line)
  local entries = {}
  splitInto(entries, line.tail)
  for _, each in ipairs(line.fresh) do entries[#entries + 1] = string.sub(each, 3) end
  for _, entry in ipairs(entries) do effects.add('RPUSH', keyOf(queue, line), entry) end
  line.listed = line.listed + #entries
  line.tail, line.tailCount, line.fresh = '', 0, nil
end

-- Bring a line into the form in which it is kept.
function lines.pack(queue, line)
  line.head = string.sub(line.head, line.at)
  line.at = 1
  if line.taken > 0 then
    -- Runs after what was pushed: the entries taken are the first ones all the same.
    effects.remove('LTRIM', keyOf(queue, line), line.taken, -1)
    line.taken = 0
  end
  if not line.fresh then return end
  if line.tailCount + #line.fresh > MOST_AT_TAIL or #line.tail > MOST_TAIL_BYTES then return moveTail(queue, line) end
  line.tail = line.tail .. table.concat(line.fresh)
  line.tailCount = line.tailCount + #line.fresh
  line.fresh = nil
end
