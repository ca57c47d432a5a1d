-- Plain settlements: successes with a small result that is kept for a while, of jobs that few others wait for. They come as
-- columns, see `settle.lua` of the operations. What follows each other and was claimed together is a run: of these jobs only
-- what differs is looked at.
local MOST_COPIED = 128
local MOST_RECORDS = 50000
local MOST_IN_BLOCK = 32
local MINUTE_MS = 60 * 1000
local DEFAULT_TTL = 60 * 60 * 1000
local SETTLED = ' run tags meta maxCrashes resultTtl parent progress output history released args deps '
frees = true

-- What is settled: ids (and behind them other fields that are read), tokens, results with a length before each, and how long
-- they are kept, false for the usual time.
local settled, tokens, results, ttls
local seen = {}
-- The place that all of this call's jobs have from now on, which tells them apart from what they were before.
local position
-- Jobs that others wait for: { id, value, entries }, see `bags.lua`.
local awaited = {}
-- Entries of jobs whose results go in one minute, as many as make a block, and the number of that minute.
local block, blockSize, blockMinute = {}, 0, nil

-- The run: where it begins; how records of its jobs begin, what is the same behind their positions, and where; token and time
-- to keep the result; queue, take, and who waits; what comes before the result and behind it, and where the rest begins.
local runFrom, front, named, namedAt, token, keep, runQueue, slot, reply, before, behind, restAt

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

-- See that results go when their time is over, as in `retention.lua`.
local function keepUntil(from, to, over)
  local minute = math.ceil(over / MINUTE_MS)
  if blockMinute ~= minute then
    closeBlock()
    blockMinute = minute
    noteMinute(minute)
    tellDue(minute * MINUTE_MS)
  end
  while from <= to do
    if blockSize >= MOST_IN_BLOCK then closeBlock() end
    local upTo = math.min(to, from + MOST_IN_BLOCK - blockSize - 1)
    block[#block + 1] = struct.pack('>I6I2', position, upTo - from + 1) .. table.concat(settled, '', from, upTo)
    blockSize = blockSize + upTo - from + 1
    from = upTo + 1
  end
end

-- Tell who waits of the results of jobs that follow each other, as `outcome.ts` reads it.
local function tellOf(from, to)
  if reply == '' then return end
  local parts = told[reply] or { '\193' }
  told[reply] = parts
  local at = #parts
  parts[at + 1] = struct.pack('>I2', to - from + 1)
  parts[at + 2], parts[at + 3] = table.concat(settled, '', from, to), table.concat(results, '', from, to)
end

-- Note that jobs have ended, all of which have their new records.
local function close(to)
  if not runFrom or runFrom > to then return end
  local count = to - runFrom + 1
  local takes, counts = caller[TAKES], runQueue.counts
  takes[slot] = takes[slot] - count
  if takes[slot] == 0 then freed[slot] = true end
  caller[HELD] = caller[HELD] - count
  counts[PROCESSING] = counts[PROCESSING] - count
  counts[SUCCESS] = counts[SUCCESS] + count
  namespace[ENDED] = namespace[ENDED] + count
  keepUntil(runFrom, to, now + keep)
  tellOf(runFrom, to)
  runFrom = to + 1
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

-- The record of a job that has succeeded, and has a long one; nil if that is not plain.
local function succeeded(id, raw, long, value, flags)
  local rare = long.rare
  if rare == nil or rare and not isAmong(rare, SETTLED) then return nil end
  keep = rare and rare.resultTtl or keep
  if keep <= 0 or keep == math.huge then return nil end
  if rare and rare.history and not noteHistory(rare, 'success') then return nil end
  local isChanged = rare and (rare.history or rare.args or rare.deps)
  if isChanged and not leaveEdges(id, rare, cut(value, 3)) then return nil end
  local rest = isChanged and restOf(rare) or long.rest
  return string.sub(raw, 1, 1) .. '\5\5' .. struct.pack('>I6', position) .. string.sub(raw, 10, 56) ..
    struct.pack('>I6B', now, 2 + flags % 2) .. string.sub(raw, 64, 81) .. struct.pack('>d', now + keep) ..
    constant.lastOwner .. '\0\0' .. value .. lengthOf(rest) .. rest .. string.sub(raw, long.bodyAt)
end

-- The queue in the body of a long record.
local function queueIn(raw, bodyAt)
  if string.byte(raw) == 2 then
    local _, name = struct.unpack('>I2c0I2c0', raw, bodyAt)
    return find(name)
  end
  namesIn(raw, bodyAt)
  return find(namedQueue)
end

-- The end of a job that has a long record, a run of its own: that from now on; nil if it is not plain.
local function endLong(at, raw)
  if string.byte(raw, 2) ~= 4 then return nil end
  local mine, _, _, flags, take = struct.unpack('>I7I6I6BI4', raw, 44)
  local long = longOf(raw)
  if mine ~= token or long.last ~= callerId or long.result ~= '' then return nil end
  runQueue, slot, reply, front = queueIn(raw, long.bodyAt), take, long.reply, '\0'
  return runQueue and succeeded(settled[at], raw, long, results[at], flags)
end

-- Begin a run with a job whose record is that of a first claim: answers that from now on; nil if it is not plain.
local function beginRun(raw, value)
  local flags, _, _, _, take, mine, owner, at = ofBytes('>BI4I4I6I4I7Bc0', raw, 2)
  if mine ~= token or owner ~= callerId or keep <= 0 or keep == math.huge then return nil end
  slot, reply, namedAt = take, ofBytes('>Bc0', raw, at + 7), at + 7
  restAt = namesIn(raw, namedAt + 1 + #reply)
  runQueue, front, named = find(namedQueue), cut(raw, 1, at), cut(raw, namedAt, restAt - 1)
  before = struct.pack('>BdI6BI6', 5, now + keep, now, 2 + flags % 2, position)
  behind = struct.pack('>I7', token) .. owned .. names
  return runQueue and before .. value .. behind .. cut(raw, restAt)
end

-- End a job that is not like the one before; answers its record from now on, nil if that is not plain.
local function endOther(at, raw)
  close(at - 1)
  runFrom, token, keep = at, tokens[at], ttls and ttls[at] or DEFAULT_TTL
  local form = byteOf(raw)
  if form == 1 or form == 5 then return nil end
  if form == 4 then return beginRun(raw, results[at]) end
  return endLong(at, raw)
end

-- End all; answers whether that was plain.
local function endAll(count)
  local written = #set
  for at = 1, count do
    local id, raw = settled[at], asRead[at]
    if not raw or seen[id] then return false end
    seen[id] = true
    local record
    if tokens[at] ~= token or ttls and ttls[at] ~= keep or seek(raw, front, 1, true) ~= 1 or
      seek(raw, named, namedAt, true) ~= namedAt then
      record = endOther(at, raw)
      if not record then return false end
    else
      record = before .. results[at] .. behind .. cut(raw, restAt)
    end
    set[written + 1], set[written + 2] = id, record
    written = written + 2
  end
  close(count)
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
  local call, plain, asked, client = request[1], request[2], request[4], request[5]
  if not plain then return nil end
  settled, tokens, results, ttls = plain[1], plain[2], plain[3], plain[4]
  local fields, count = settled, #settled
  for at, name in ipairs(asked and asked[4] or {}) do fields[count + at] = 'q' .. name end
  if not open(call, fields, count) or not readTakes() then return nil end
  constant = { lastOwner = '\0\0' .. string.sub(ownership, 1, -9) }
  namespace[COUNT] = namespace[COUNT] + 1
  position = namespace[COUNT]
  openBlock()
  if not endAll(count) then return nil end
  if #awaited > 0 and not handOver() then return nil end
  if namespace[ENDED] > MOST_RECORDS and namespace[EXPENDABLE] > 0 then return nil end
  local claimed = asked and claimPlainly(call, asked)
  if asked and not claimed then return nil end
  if client and claimed and claimed[1] == 0 and not waitFor(asked[4], client) then return nil end
  noteBlock()
  dropFreed()
  applied = call[4]
  finish()
  if claimed then return joinHanded(answer('ok', false, claimed)) end
  return answer('ok', false, false)
end

local reply = settleAll()
if reply then return reply end
