-- Plain settlements: successes with a small result that is kept for a while, of jobs that few others wait for. They
-- come as columns, see `settle.lua` of the operations.
local MOST_RECORDS = 50000
local DEFAULT_TTL = 60 * 60 * 1000
frees = true

-- Ids that were settled already.
local seen = {}

-- The end of a job in its first claim: its record from now on, nil if it is not plain. Those that are like it need
-- less.
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
