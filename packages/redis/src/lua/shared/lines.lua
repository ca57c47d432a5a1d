-- A line of jobs: `head + list + tail`, entries of 6 bytes of position and an id. Nothing is written before the end, so
-- that what is taken from the list is only counted (`taken`) until then. While a line is rewritten, `kept` of its
-- entries are in a list of their own before the other: those that were found to stand for a job.
local MOST_AT_TAIL = 32
local MOST_TAIL_BYTES = 2048
local LEAST_READ = 32
local MOST_READ = 1000
-- A line may have so many entries that stand for nothing, or as many as it has jobs.
local MOST_STALE = 2 * MOST_READ

local function keyOf(queue, line)
  return root .. ':line:' .. string.format('%.0f', line.priority) .. ':' .. queue.name
end

local function keptKey(queue, line)
  return root .. ':kept:' .. string.format('%.0f', line.priority) .. ':' .. queue.name
end

function lines.returnedKey(queue, line)
  return root .. ':returned:' .. string.format('%.0f', line.priority) .. ':' .. queue.name
end

-- What stands for a job. Entries can follow each other, since ids tell where they end.
function lines.framed(position, id)
  return struct.pack('>I6', position) .. id
end

function lines.push(line, position, id)
  line.fresh = line.fresh or {}
  line.fresh[#line.fresh + 1] = lines.framed(position, id)
  line.live = line.live + 1
end

-- Position and id of the entry of a string at some place, and the place of the next.
function lines.parse(entries, at)
  return struct.unpack('>I6', entries, at), lib.jobs.idAt(entries, at + 6)
end

local function readList(queue, line, wanted)
  local count = math.min(line.listed, math.max(wanted, LEAST_READ), MOST_READ)
  local found = redis.call('LRANGE', keyOf(queue, line), line.taken, line.taken + count - 1)
  line.taken = line.taken + count
  line.listed = line.listed - count
  line.head = table.concat(found)
  line.at = 1
end

local function readKept(queue, line, wanted)
  local count = math.min(line.kept, math.max(wanted, LEAST_READ), MOST_READ)
  line.head = table.concat(redis.call('LRANGE', keptKey(queue, line), line.takenKept, line.takenKept + count - 1))
  line.takenKept = line.takenKept + count
  line.kept = line.kept - count
  line.at = 1
end

local function readAdded(line)
  line.head = table.concat(line.added)
  line.added = {}
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
    if line.kept and line.kept > 0 then
      readKept(queue, line, wanted)
    elseif line.added and #line.added > 0 then
      readAdded(line)
    elseif line.listed > 0 then
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
  if line.kept then lib.effects.remove('LTRIM', keptKey(queue, line), line.kept + line.takenKept, -1) end
  line.kept, line.added = nil, nil
  line.head, line.tail, line.fresh = '', '', nil
  line.listed, line.taken, line.tailCount, line.stale, line.at = 0, 0, 0, 0, 1
end

local function moveTail(queue, line)
  local key = line.isRewritten and keptKey(queue, line) or keyOf(queue, line)
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

-- One more entry stands for nothing: see that it is not most of them.
function lines.noteStale(queue, line)
  line.stale = line.stale + 1
  if line.kept or line.listed == 0 or line.stale <= math.max(line.live, MOST_STALE) then return end
  line.kept, line.takenKept, line.added = 0, 0, {}
  lib.work.add({ kind = 'rewrite', queue = queue.name, priority = line.priority })
end

-- Look at the next entries of the list, at most `budget` of them; answers how many, and whether these were the last.
local function rewrite(queue, line, budget)
  local count = math.min(line.listed, budget)
  local found = redis.call('LRANGE', keyOf(queue, line), line.taken, line.taken + count - 1)
  line.taken, line.listed = line.taken + count, line.listed - count
  local ids = {}
  for at, entry in ipairs(found) do ids[at] = string.sub(entry, 7) end
  lib.jobs.prefetch(ids)
  for at, entry in ipairs(found) do
    local job = lib.jobs.get(ids[at])
    if job and job.place == PLACE.line and job.position == lines.parse(entry, 1) then
      line.added[#line.added + 1] = entry
    else
      line.stale = line.stale - 1
    end
  end
  return count, line.listed == 0
end

-- Rewrite a line in steps; answers how many.
function lines.run(item, budget)
  local queue = lib.queues.find(item.queue)
  local line = queue and lib.queues.line(queue, item.priority)
  if not line or not line.kept then return 0 end
  local steps, isOver = rewrite(queue, line, budget)
  line.isRewritten = isOver
  return steps
end

-- What was found to stand for jobs goes to its list, which takes the place of the other when that is at its end.
local function packKept(queue, line)
  if line.takenKept > 0 then lib.effects.remove('LTRIM', keptKey(queue, line), line.takenKept, -1) end
  for _, entry in ipairs(line.added) do lib.effects.add('RPUSH', keptKey(queue, line), entry) end
  line.kept, line.takenKept, line.added = line.kept + #line.added, 0, {}
  if line.isRewritten and line.kept == 0 then line.kept, line.isRewritten = nil, false end
end

local function replaceList(queue, line)
  lib.effects.remove('RENAME', keptKey(queue, line), keyOf(queue, line))
  line.listed = line.listed + line.kept
  line.kept, line.isRewritten = nil, false
end

local function packTail(queue, line)
  if not line.fresh then return end
  if line.tailCount + #line.fresh > MOST_AT_TAIL or #line.tail > MOST_TAIL_BYTES then return moveTail(queue, line) end
  line.tail = line.tail .. table.concat(line.fresh)
  line.tailCount = line.tailCount + #line.fresh
  line.fresh = nil
end

-- Bring a line into the form in which it is kept.
function lines.pack(queue, line)
  line.head = string.sub(line.head, line.at)
  line.at = 1
  if line.kept then packKept(queue, line) end
  if line.taken > 0 then
    -- Runs after what was pushed: the entries taken are the first ones all the same.
    lib.effects.remove('LTRIM', keyOf(queue, line), line.taken, -1)
    line.taken = 0
  end
  packTail(queue, line)
  if line.isRewritten then replaceList(queue, line) end
end
