-- Plain settlements: successes with a small result that is kept for a while, of jobs that few others wait for. They
-- come as columns, see `settle.lua` of the operations. What follows each other and was claimed together is a run: of
-- these jobs only what differs is looked at.
local MOST_RECORDS = 50000
local DEFAULT_TTL = 60 * 60 * 1000
-- Priority, series and time to wait for of most jobs, as they stand in long records.
local USUAL_NUMBERS = string.rep('\0', 7) .. '\1' .. string.rep('\0', 8)
local SETTLED = ' run tags meta maxCrashes resultTtl parent progress output history released args deps '
frees = true

local seen = {}
-- Jobs that others wait for: id, result with its length before, and bag of each, see `bags.lua`.
local awaited = {}
-- The run: where it begins; queue, take, who waits, and for how long results are kept.
local runFrom, runQueue, slot, reply, runKeep
-- The job before: its token, and how long its result is kept; how its record began, what was the same behind the
-- position, and where; what comes before the result and behind it, and where the rest begins; where its bag is,
-- and what form follows that.
local token, keep, front, named, namedAt, before, behind, restAt, bagAt, bagTo, shortForm
-- Of a job that had a long record before its claim: its take, and who waits.
local isLong, longTake, longBy = false, nil, nil

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
  if not runFrom then return end
  local count = to - runFrom + 1
  local takes, counts = caller[TAKES], runQueue.counts
  takes[slot] = takes[slot] - count
  if takes[slot] == 0 then freed[slot] = true end
  caller[HELD] = caller[HELD] - count
  counts[PROCESSING] = counts[PROCESSING] - count
  counts[SUCCESS] = counts[SUCCESS] + count
  namespace[ENDED] = namespace[ENDED] + count
  keepUntil(runFrom, to, now + runKeep)
  tellOf(runFrom, to)
end

-- A job is of the run, or begins one.
local function enter(at, queue, take, who)
  if queue == runQueue and take == slot and who == reply and keep == runKeep then return end
  close(at - 1)
  runFrom, runQueue, slot, reply, runKeep = at, queue, take, who, keep
end

local function noteAwaited(id, result, bag)
  local at = #awaited
  awaited[at + 1], awaited[at + 2], awaited[at + 3] = id, result, bag
end

-- Whether what a job needed is not needed any more, and who waits for it can be told: what it had for that goes.
local function leaveEdges(id, rare, result)
  for _, argument in ipairs(type(rare.args) == 'table' and rare.args or {}) do
    if type(argument) ~= 'string' and (not argument or argument[1] == 1) then return false end
  end
  rare.args = nil
  local bag = rare.deps
  if not bag then return true end
  if type(bag) ~= 'string' then return false end
  noteAwaited(id, result, bag)
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
  if isChanged and not leaveEdges(id, rare, value) then return nil end
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

-- The end of a job that has a long record: that from now on; nil if it is not plain.
local function endLong(at, raw)
  if byteOf(raw, 2) ~= 4 then return nil end
  local mine, _, _, flags, take = ofBytes('>I7I6I6BI4', raw, 44)
  local long = longOf(raw)
  if mine ~= token or long.last ~= callerId or long.result ~= '' then return nil end
  -- No record begins so: no other job is like this one.
  front = '\0'
  local queue = queueIn(raw, long.bodyAt)
  local record = queue and succeeded(settled[at], raw, long, results[at], flags)
  if record then enter(at, queue, take, long.reply) end
  return record
end

-- What comes before a result in the short record of a job that has succeeded, and what behind.
local function aroundResult(form, flags)
  return struct.pack('>BdI6BI6', form, now + keep, now, 2 + flags % 2, position), struct.pack('>I7', token) .. owned
end

-- The same of a job in its first claim that had a long record before, and of those that are like it.
local function endLikeLong(at, raw)
  local rest, bodyAt = ofBytes('>I4c0', raw, restAt)
  local rare = rest == '' and {} or cmsgpack.unpack(rest)[1]
  if not rare or not isAmong(rare, ' args deps ') then return endLong(at, lengthened(raw)) end
  if not leaveEdges(settled[at], rare, results[at]) then return nil end
  namesIn(raw, bodyAt)
  local queue = find(namedQueue)
  if not queue then return nil end
  enter(at, queue, longTake, longBy)
  return before .. results[at] .. behind .. cut(raw, bodyAt)
end

-- The same of the first of them, whose record before begins at some place.
local function endFirstLong(at, raw, from, flags, take)
  namedAt = from + 15
  if byteOf(raw, from) ~= 3 or seek(raw, USUAL_NUMBERS, namedAt, true) ~= namedAt then
    return endLong(at, lengthened(raw))
  end
  local who, _, _, after = ofBytes('>I2c0I2c0I4c0', raw, from + 89)
  longBy, restAt = who, after
  isLong, longTake, front, named = true, take, cut(raw, 1, from), cut(raw, namedAt, restAt - 1)
  before, behind = aroundResult(5, flags)
  return endLikeLong(at, raw)
end

-- The same of a job in its first claim; those that are like it need less.
local function endRunning(at, raw)
  local flags, _, _, _, take, mine, owner, from = ofBytes('>BI4I4I6I4I7Bc0', raw, 2)
  if mine ~= token or owner ~= callerId or keep <= 0 or keep == math.huge then return nil end
  local form, needed = byteOf(raw, from), ''
  if form == NEEDING then
    local released, _, _, after = ofBytes(NEEDS, raw, from)
    if released > 0 then needed = struct.pack('>BI6I4I4', NEEDING, released, 0, 0) end
    from, form = after, byteOf(raw, after)
  end
  local shortAt = from
  if form == AWAITED then
    shortAt = from + 3 + ofBytes('>I2', raw, from + 1)
    bagAt, bagTo = from + 3, shortAt - 1
    form = byteOf(raw, shortAt)
  else
    bagAt = nil
  end
  local who, isBrief = '', form >= BRIEF
  if isBrief then
    namedAt, restAt = shortAt + 5, shortAt + 5 + form - BRIEF
  elseif form == 1 then
    who, namedAt = ofBytes('>Bc0', raw, shortAt + 7), shortAt + 7
    restAt = namesIn(raw, namedAt + 1 + #who)
  else
    return endFirstLong(at, raw, from, flags, take)
  end
  -- How long the bag is included: all that follows is where it is here.
  isLong, shortForm, front, named = false, form, cut(raw, 1, bagAt and bagAt - 1 or from), cut(raw, namedAt, restAt - 1)
  local queue = find(isBrief and USUAL or namedQueue)
  if not queue then return nil end
  enter(at, queue, take, who)
  before, behind = aroundResult(isBrief and 6 or 5, flags)
  behind = behind .. (isBrief and string.char(form - BRIEF) .. named or names)
  if bagAt then noteAwaited(settled[at], results[at], cut(raw, bagAt, bagTo)) end
  -- Few others waited for others and are like it.
  if needed ~= '' then front = '\0' end
  return needed .. before .. results[at] .. behind .. cut(raw, restAt)
end

-- End a job that is not like the one before; answers its record from now on, nil if that is not plain.
local function endOther(at, raw)
  -- No record begins so, until another is found to be like this one.
  token, keep, front = tokens[at], ttls and ttls[at] or DEFAULT_TTL, '\0'
  local form = byteOf(raw)
  if form == 1 or form > 4 then return nil end
  return (form == 4 and endRunning or endLong)(at, raw)
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
      seek(raw, named, namedAt, true) ~= namedAt or bagAt and byteOf(raw, bagTo + 1) ~= shortForm then
      record = endOther(at, raw)
    elseif isLong then
      record = endLikeLong(at, raw)
    else
      if bagAt then noteAwaited(id, results[at], cut(raw, bagAt, bagTo)) end
      record = before .. results[at] .. behind .. cut(raw, restAt)
    end
    if not record then return false end
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
