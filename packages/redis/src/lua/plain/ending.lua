-- The ends of jobs that have a long record, or had one before their claim; and what all ends of plain settlements
-- share: what follows each other and was claimed together is a run, of whose jobs only what differs is looked at.

-- Priority, series and time to wait for of most jobs, as they stand in long records.
local USUAL_NUMBERS = string.rep('\0', 7) .. '\1' .. string.rep('\0', 8)
local SETTLED = ' run tags meta maxCrashes resultTtl parent progress output history released args deps '

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
