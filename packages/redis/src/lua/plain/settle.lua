-- Plain settlements: successes with a small result that is kept for a while, of jobs that few others wait for.
local MOST_INLINE = 1024
local MOST_COPIED = 128
local MOST_RECORDS = 50000
local MOST_IN_BLOCK = 32
local MINUTE_MS = 60 * 1000
local DEFAULT_TTL = 60 * 60 * 1000
local SETTLED = ' run tags meta maxCrashes resultTtl parent progress output history released args deps '
frees = true

local seen = {}
-- What comes first in the records of jobs that have succeeded, by how long their results are kept.
local ended, endedAhead = {}, {}
-- Jobs that others wait for: { id, value, entries }, see `bags.lua`.
local awaited = {}
-- Entries of jobs whose results go in one minute, as many as make a block, and the number of that minute.
local block, blockSize, blockMinute = {}, 0, nil

local function closeBlock()
  if blockSize == 0 then return end
  local entries = table.concat(block)
  adds[#adds + 1] = { 'RPUSH', root .. ':expiring:' .. string.format('%.0f', blockMinute), { entries } }
  block, blockSize = {}, 0
end

-- What earlier calls have gathered.
local function openBlock()
  if namespace[BLOCK_SIZE] == 0 then return end
  block, blockSize, blockMinute = { namespace[BLOCK] }, namespace[BLOCK_SIZE], namespace[BLOCK_MINUTE]
end

local function noteBlock()
  if blockSize == 0 then return end
  namespace[BLOCK_MINUTE], namespace[BLOCK_SIZE], namespace[BLOCK] = blockMinute, blockSize, table.concat(block)
end

local function noteMinute(minute)
  if namespace[MINUTE] == minute then return end
  local name = string.format('%.0f', minute)
  namespace[MINUTE] = minute
  adds[#adds + 1] = { 'ZADD', root .. ':minutes', { name, name } }
end

-- See that the result goes when its time is over, as in `retention.lua`; answers the job's position.
local function keepUntil(id, over)
  namespace[COUNT] = namespace[COUNT] + 1
  namespace[ENDED] = namespace[ENDED] + 1
  local minute = math.ceil(over / MINUTE_MS)
  if blockMinute ~= minute or blockSize >= MOST_IN_BLOCK then
    closeBlock()
    blockMinute = minute
    noteMinute(minute)
    tellDue(minute * MINUTE_MS)
  end
  local position = toBytes('>I6', namespace[COUNT])
  local at = #block
  block[at + 1], block[at + 2], block[at + 3] = entrySizeOf(id), position, id
  blockSize = blockSize + 1
  return position
end

-- When a result that is kept for so long is over, as it stands in a record.
local ends = {}

local function endOf(keep)
  if not ends[keep] then ends[keep] = struct.pack('>d', now + keep) end
  return ends[keep]
end

-- Note that a job of some queue, which was taken with others, has ended.
local function letGo(queue, slot)
  local takes, counts = caller[TAKES], queue.counts
  local left = takes[slot] - 1
  takes[slot] = left
  caller[HELD] = caller[HELD] - 1
  if left == 0 then freed[slot] = true end
  counts[PROCESSING] = counts[PROCESSING] - 1
  counts[SUCCESS] = counts[SUCCESS] + 1
end

-- Whether what a job needed is not needed any more, and who waits for it can be told: what it had for that goes.
local function leaveEdges(id, rare, value)
  for _, argument in ipairs(rare.args or {}) do
    if type(argument) ~= 'string' and (not argument or argument[1] == 1) then return false end
  end
  rare.args = nil
  local bag = rare.deps
  if not bag then return true end
  if #bag.chunks > 0 or #value > MOST_COPIED + 1 then return false end
  awaited[#awaited + 1] = { id = id, value = value, entries = bag.inline }
  rare.deps = nil
  return true
end

-- The record of a job that has succeeded, and the queue that it is in; nil if that is not plain.
local function succeeded(id, raw, long, value, ttl, flags)
  local rare = long.rare
  if rare == nil or rare and not isAmong(rare, SETTLED) then return nil end
  local keep = rare and rare.resultTtl or ttl or DEFAULT_TTL
  if keep <= 0 or keep == math.huge then return nil end
  if rare and rare.history and not noteHistory(rare, 'success') then return nil end
  local isChanged = rare and (rare.history or rare.args or rare.deps)
  if isChanged and not leaveEdges(id, rare, value) then return nil end
  local rest = isChanged and restOf(rare) or long.rest
  return string.sub(raw, 1, 1) .. '\5\5' .. keepUntil(id, now + keep) .. string.sub(raw, 10, 56) .. (flags % 2 == 1 and constant.endedAhead or constant.ended) ..
    string.sub(raw, 64, 85) .. endOf(keep) .. constant.lastOwner .. lengthOf(value) .. value .. lengthOf(rest) .. rest ..
    string.sub(raw, long.bodyAt)
end

-- The queue in the body of a long record.
local function queueIn(raw, bodyAt)
  if string.byte(raw) == 2 then
    local _, name = struct.unpack('>I2c0I2c0', raw, bodyAt + 6)
    return find(name)
  end
  namesIn(raw, bodyAt + 6)
  return find(namedQueue)
end

-- The end of a job that has a long record: { queue, record, take, reply }, nil if it is not plain.
local function endLong(id, raw, token, value, ttl)
  if string.byte(raw, 2) ~= 4 then return nil end
  local mine, _, _, flags, slot = struct.unpack('>I7I6I6BI4', raw, 44)
  local long = longOf(raw)
  if mine ~= token or long.last ~= callerId or long.result ~= '' then return nil end
  local queue = queueIn(raw, long.bodyAt)
  local record = queue and succeeded(id, raw, long, value, ttl, flags)
  if record then return queue, record, slot, long.reply end
end

-- The same of a job whose record is that of a first claim.
local function endRunning(id, raw, token, value, ttl)
  local slot, flags, _, _, reply, mine, ownerAt = ofBytes('>I4BI2I6Bc0I7', raw, 16)
  if mine ~= token or seek(raw, owned, ownerAt, true) ~= ownerAt then return nil end
  namesIn(raw, ownerAt + #owned + 6)
  local queue, keep = find(namedQueue), ttl or DEFAULT_TTL
  if not queue or keep <= 0 or keep == math.huge then return nil end
  local fronts = flags % 2 == 1 and endedAhead or ended
  local front = fronts[keep]
  if not front then
    front = toBytes('>BdI6B', 5, now + keep, now, 2 + flags % 2)
    fronts[keep] = front
  end
  local record = front .. keepUntil(id, now + keep) .. sizeOf(value) .. value .. cut(raw, ownerAt - 7)
  return queue, record, slot, reply
end

-- Apply one settlement; answers whether it was plain.
local function settleOne(field, id, token, value, ttl)
  local raw = raws[field]
  if not raw or seen[id] or #value > MOST_INLINE + 1 then return false end
  seen[id] = true
  local form = byteOf(raw)
  if form == 1 or form == 5 then return false end
  local apply = form == 4 and endRunning or endLong
  local queue, record, slot, reply = apply(id, raw, token, value, ttl)
  if not record then return false end
  letGo(queue, slot)
  local at = #set
  set[at + 1], set[at + 2] = field, record
  if reply == '' then return true end
  local values = told[reply]
  if not values then
    values = {}
    told[reply] = values
  end
  at = #values
  values[at + 1], values[at + 2] = id, value
  return true
end

local function handOver()
  local handing = {}
  defineHanding(handing)
  return handing.over(awaited)
end

local function dropFreed()
  local takes = caller[TAKES]
  for slot in pairs(freed) do gone[#gone + 1] = 'h' .. callerId .. ':' .. slot end
  while takes[#takes] == 0 do takes[#takes] = nil end
end

local function settleAll()
  local call, settlements, asked, client = request[1], request[2], request[3], request[4]
  local fields = {}
  for at = 1, #settlements, 5 do fields[#fields + 1] = 'j' .. settlements[at] end
  for _, name in ipairs(asked and asked[4] or {}) do fields[#fields + 1] = 'q' .. name end
  if not open(call, fields) or not readTakes() then return nil end
  constant = {
    ended = struct.pack('>I6B', now, 2), endedAhead = struct.pack('>I6B', now, 3),
    lastOwner = '\0\0' .. string.sub(ownership, 1, -9)
  }
  openBlock()
  for at = 1, #settlements, 5 do
    if settlements[at + 2] ~= 'success' then return nil end
    local field, id, token = fields[(at + 4) / 5], settlements[at], settlements[at + 1]
    if not settleOne(field, id, token, settlements[at + 3], settlements[at + 4]) then return nil end
  end
  if #awaited > 0 and not handOver() then return nil end
  if namespace[ENDED] > MOST_RECORDS and namespace[EXPENDABLE] > 0 then return nil end
  local claimed = asked and claimPlainly(call, asked)
  if asked and not claimed then return nil end
  if client and claimed and #claimed[1] == 0 and not waitFor(asked[4], client) then return nil end
  noteBlock()
  dropFreed()
  applied = call[4]
  finish()
  return answer('ok', false, claimed)
end

local reply = settleAll()
if reply then return reply end
