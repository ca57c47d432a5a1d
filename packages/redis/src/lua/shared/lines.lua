-- A line of jobs: `head + list + tail`, all of them made of runs: 6 bytes of position, how many jobs in a byte, and their
-- ids: each has the position behind that of the one before. The elements of the list are blocks of runs. Nothing is
-- written before the end, so that blocks taken from the list are only counted (`taken`) until then. While a line is
-- rewritten, `kept` blocks are in a list of their own before the other: of jobs that were found to stand there.
-- The tail becomes a block when it has so many jobs, or so many bytes.
local MOST_AT_TAIL = 16
local MOST_TAIL_BYTES = 2048
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

-- Some of a list of entries { position, id } as runs.
local function packed(entries, from, to)
  local parts = {}
  while from <= to do
    local position, ids = entries[from][1], {}
    while from <= to and #ids < MOST_AT_TAIL and entries[from][1] == position + #ids do
      ids[#ids + 1] = entries[from][2]
      from = from + 1
    end
    parts[#parts + 1] = struct.pack('>I6B', position, #ids) .. table.concat(ids)
  end
  return table.concat(parts)
end

function lines.push(line, position, id)
  line.fresh = line.fresh or {}
  line.fresh[#line.fresh + 1] = { position, id }
  line.live = line.live + 1
end

-- How many blocks to read for so many entries: most are full.
local function blocksFor(wanted)
  return math.ceil(math.min(wanted, MOST_READ) / MOST_AT_TAIL)
end

local function readList(queue, line, wanted)
  local count = math.min(line.listed, blocksFor(wanted))
  line.head = table.concat(redis.call('LRANGE', keyOf(queue, line), line.taken, line.taken + count - 1))
  line.taken, line.listed = line.taken + count, line.listed - count
end

local function readKept(queue, line, wanted)
  local count = math.min(line.kept, blocksFor(wanted))
  line.head = table.concat(redis.call('LRANGE', keptKey(queue, line), line.takenKept, line.takenKept + count - 1))
  line.takenKept, line.kept = line.takenKept + count, line.kept - count
end

local function readAdded(line)
  line.head, line.added = packed(line.added, 1, #line.added), {}
end

local function readTail(line)
  line.head = line.tail .. (line.fresh and packed(line.fresh, 1, #line.fresh) or '')
  line.tail, line.tailCount, line.fresh = '', 0, nil
end

-- Have the next runs in the head; answers whether there are any.
local function fill(queue, line, wanted)
  line.head, line.at = '', 1
  while line.head == '' do
    if line.kept and line.kept > 0 then
      readKept(queue, line, wanted)
    elseif line.added and #line.added > 0 then
      readAdded(line)
    elseif line.listed > 0 then
      readList(queue, line, wanted)
    elseif line.tail ~= '' or line.fresh then
      readTail(line)
    else
      return false
    end
  end
  return true
end

-- Position and id of the next entry, or nil at the end; `wanted`: how many will be asked for.
function lines.next(queue, line, wanted)
  if line.left == 0 then
    if line.at > #line.head and not fill(queue, line, wanted) then return nil end
    line.position, line.left, line.at = struct.unpack('>I6B', line.head, line.at)
  end
  local position, id = line.position, nil
  id, line.at = lib.jobs.idAt(line.head, line.at)
  line.position, line.left = position + 1, line.left - 1
  return position, id
end

-- What is left of the head, as runs.
local function restOf(line)
  local rest = string.sub(line.head, line.at)
  return line.left > 0 and struct.pack('>I6B', line.position, line.left) .. rest or rest
end

-- Put entries { position, id } back before all others, in their order.
function lines.putBack(line, entries)
  if #entries == 0 then return end
  line.head, line.at, line.left = packed(entries, 1, #entries) .. restOf(line), 1, 0
end

-- The line has no job any more: neither have its entries a meaning.
function lines.clear(queue, line)
  local old = line.listed + line.taken
  -- Not the whole list: a line that begins anew in this script may have pushed to it.
  if old > 0 then lib.effects.remove('LTRIM', keyOf(queue, line), old, -1) end
  if line.kept then lib.effects.remove('LTRIM', keptKey(queue, line), line.kept + line.takenKept, -1) end
  line.kept, line.added = nil, nil
  line.head, line.tail, line.fresh = '', '', nil
  line.listed, line.taken, line.tailCount, line.stale, line.at, line.left = 0, 0, 0, 0, 1, 0
end

-- One more entry stands for nothing: see that it is not most of them.
function lines.noteStale(queue, line)
  line.stale = line.stale + 1
  if line.kept or line.listed == 0 or line.stale <= math.max(line.live, MOST_STALE) then return end
  line.kept, line.takenKept, line.added = 0, 0, {}
  lib.work.add({ kind = 'rewrite', queue = queue.name, priority = line.priority })
end

-- The entries { position, id } of runs.
local function parsed(runs)
  local entries, at = {}, 1
  while at <= #runs do
    local position, count, id
    position, count, at = struct.unpack('>I6B', runs, at)
    for place = position, position + count - 1 do
      id, at = lib.jobs.idAt(runs, at)
      entries[#entries + 1] = { place, id }
    end
  end
  return entries
end

-- Look at the next blocks of the list, of about `budget` entries; answers how many these were, and whether they were the
-- last.
local function rewrite(queue, line, budget)
  local count = math.min(line.listed, blocksFor(budget))
  local found = parsed(table.concat(redis.call('LRANGE', keyOf(queue, line), line.taken, line.taken + count - 1)))
  line.taken, line.listed = line.taken + count, line.listed - count
  local ids = {}
  for at, entry in ipairs(found) do ids[at] = entry[2] end
  lib.jobs.prefetch(ids)
  for _, entry in ipairs(found) do
    local job = lib.jobs.get(entry[2])
    if job and job.place == PLACE.line and job.position == entry[1] then
      line.added[#line.added + 1] = entry
    else
      line.stale = line.stale - 1
    end
  end
  return #found, line.listed == 0
end

-- Rewrite a line in steps; answers how many.
function lines.run(item, budget)
  local queue = lib.queues.find(item.queue)
  local line = queue and lib.queues.line(queue, item.priority)
  if not line or not line.kept then return 0 end
  local steps, isOver = rewrite(queue, line, budget)
  line.isRewritten = isOver
  -- Whoever has done less than its budget is at its end.
  return isOver and math.min(steps, budget) or budget
end

-- What was found to stand for jobs goes to its list, which takes the place of the other when that is at its end.
local function packKept(queue, line)
  if line.takenKept > 0 then lib.effects.remove('LTRIM', keptKey(queue, line), line.takenKept, -1) end
  for from = 1, #line.added, MOST_AT_TAIL do
    local upTo = math.min(from + MOST_AT_TAIL - 1, #line.added)
    lib.effects.add('RPUSH', keptKey(queue, line), packed(line.added, from, upTo))
    line.kept = line.kept + 1
  end
  line.takenKept, line.added = 0, {}
  if line.isRewritten and line.kept == 0 then line.kept, line.isRewritten = nil, false end
end

local function replaceList(queue, line)
  lib.effects.remove('RENAME', keptKey(queue, line), keyOf(queue, line))
  line.listed = line.listed + line.kept
  line.kept, line.isRewritten = nil, false
end

-- Bring what comes to the tail, from which full blocks go to the list.
local function packTail(queue, line)
  local fresh, from = line.fresh or {}, 1
  local key = line.isRewritten and keptKey(queue, line) or keyOf(queue, line)
  while from <= #fresh do
    local upTo = math.min(#fresh, from + MOST_AT_TAIL - line.tailCount - 1)
    line.tail, line.tailCount = line.tail .. packed(fresh, from, upTo), line.tailCount + upTo - from + 1
    if line.tailCount >= MOST_AT_TAIL or #line.tail > MOST_TAIL_BYTES then
      lib.effects.add('RPUSH', key, line.tail)
      line.listed, line.tail, line.tailCount = line.listed + 1, '', 0
    end
    from = upTo + 1
  end
  line.fresh = nil
end

-- Bring a line into the form in which it is kept.
function lines.pack(queue, line)
  line.head, line.at, line.left = restOf(line), 1, 0
  if line.kept then packKept(queue, line) end
  if line.taken > 0 then
    -- Runs after what was pushed: the blocks taken are the first ones all the same.
    lib.effects.remove('LTRIM', keyOf(queue, line), line.taken, -1)
    line.taken = 0
  end
  packTail(queue, line)
  if line.isRewritten then replaceList(queue, line) end
end
