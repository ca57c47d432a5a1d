-- Job records, packed by hand because every call reads and writes them: short forms for jobs that have nothing special
-- and stand in a line, never claimed, or are in their first claim, or have succeeded in that; a long one for all
-- others. The files in `plain` count on their order: what is the same in the records of jobs that were claimed together
-- stands together, and what is not is cut out once. What few jobs have is in `rare`. At the end, in all: task, queue,
-- created at, and the input, which takes the rest. Names are narrow where their lengths fit in a byte; the usual queue
-- has none then. A job of that for which nobody waits is brief if its numbers are small.
-- What jobs wait for, and who waits for them, stands before short records; see `needs.lua`.
local NARROW, WIDE = 'Bc0Bc0I6', 'I2c0I2c0I6'
local USUAL = 'default'
-- Form, position, reply. The input is in it.
local SHORT = '>BI6Bc0' .. NARROW
-- Form and length of the task in one, position, task, ms from the beginning of 2020 on. The input is in it.
local BRIEF = '>BI4c0I5'
local MOST_BRIEF_TASK, BRIEF_POSITIONS, BRIEF_SINCE, BRIEF_MS = 239, 2 ^ 32, 1577836800000, 2 ^ 40
-- Form, state, place, position, drains; priority, series, run at; attempt, failures, crashes; token, claimed at, ended
-- at, flags; take, epoch, lane, number; result until; reply, last owner, result, rest.
local LONG = '>BBBI6I6' .. 'i4I4d' .. 'I4I4I4' .. 'I7I6I6B' .. 'I4I4I4I6' .. 'd' .. 'I2c0I2c0I4c0I4c0'
-- Form; flags, epoch, lane, number, take; token, owner; then the record before the claim, short or long. The token
-- tells when it was claimed.
local RUNNING = '>BBI4I4I6I4I7Bc0'
-- Form, result until, ended at, flags, position, result; token, owner. Names and created at are narrow behind it, or
-- brief.
local DONE, BRIEF_BODY = '>BdI6BI6I2c0I7Bc0', 'Bc0I5'
-- `brief` is the form of one whose task has no length; those above it are its other ones.
local FORM = {
  short = 1, wide = 2, narrow = 3, running = 4, done = 5, briefDone = 6, awaited = 8, needing = 9, brief = 16
}
local MOST_SHORT_RESULT = 2048
local AHEAD, DECIDED, OWNED = 1, 2, 4

local REST = {
  priority = 0, series = 1, runAt = 0, rare = false, attempt = 0, failures = 0, crashes = 0, token = 0, claimedAt = 0,
  endedAt = 0, owner = false, lastOwner = false, slot = 0, ahead = false, isDecided = false, epoch = 0, lane = 0,
  number = 0, result = false, resultUntil = 0
}
local DEFAULTS = { __index = REST }

-- What a job has that has nothing of what few have.
local NONE = {}

local function unpackBody(format, raw, at)
  local task, queue, createdAt, from = struct.unpack(format, raw, at)
  return createdAt, task, queue == '' and USUAL or queue, string.sub(raw, from)
end

local function parseRare(rare)
  local edges, args, bag = rare.edges, rare.args, rare.deps
  if edges then rare.edges = lib.edges.parse(edges) end
  if type(args) == 'string' then rare.args = lib.values.parse(args) end
  if type(bag) == 'string' then rare.deps = lib.bags.parse(bag) end
end

local function decodeLong(raw, from)
  local form, state, place, position, drains, priority, series, runAt, attempt, failures, crashes, token, claimedAt, endedAt,
    flags, slot, epoch, lane, number, resultUntil, reply, last, result, rest, at = struct.unpack(LONG, raw, from or 1)
  local createdAt, task, queue, input = unpackBody('>' .. (form == FORM.narrow and NARROW or WIDE), raw, at)
  local job = {
    state = state, place = place, createdAt = createdAt, position = position, drains = drains, task = task, queue = queue,
    input = input, reply = reply ~= '' and reply, priority = priority, series = series, runAt = runAt, attempt = attempt,
    failures = failures, crashes = crashes, token = token, claimedAt = claimedAt, endedAt = endedAt,
    ahead = flags % DECIDED >= AHEAD, isDecided = flags % OWNED >= DECIDED, owner = flags >= OWNED and last,
    lastOwner = last ~= '' and last, slot = slot, epoch = epoch, lane = lane, number = number,
    resultUntil = resultUntil, result = result ~= '' and result, rare = false
  }
  if rest ~= '' then
    rest = cmsgpack.unpack(rest)
    job.rare = rest[1]
    job.result = rest[2] or job.result
    if job.rare then parseRare(job.rare) end
  end
  return job
end

local function unpackWaiting(raw, at)
  local form = string.byte(raw, at)
  if form == FORM.short then return struct.unpack(SHORT, raw, at) end
  local position, taskAt = struct.unpack('>I4', raw, at + 1)
  local behind = taskAt + form - FORM.brief
  local since, from = struct.unpack('>I5', raw, behind)
  return form, position, '', string.sub(raw, taskAt, behind - 1), '', BRIEF_SINCE + since, from
end

local function decodeWaiting(raw, from)
  local _, position, reply, task, queue, createdAt, inputAt = unpackWaiting(raw, from or 1)
  return setmetatable({
    state = STATE.enqueued, place = PLACE.line, createdAt = createdAt, position = position, drains = position, task = task,
    queue = queue == '' and USUAL or queue, input = string.sub(raw, inputAt), reply = reply ~= '' and reply
  }, DEFAULTS)
end

local function decodeDone(raw, from)
  local form, resultUntil, endedAt, flags, position, result, token, owner, at = struct.unpack(DONE, raw, from)
  local createdAt, task, queue, input
  if form == FORM.done then
    createdAt, task, queue, input = unpackBody('>' .. NARROW, raw, at)
  else
    task, createdAt, at = struct.unpack('>' .. BRIEF_BODY, raw, at)
    createdAt, queue, input = BRIEF_SINCE + createdAt, USUAL, string.sub(raw, at)
  end
  return setmetatable({
    state = STATE.success, place = PLACE.expiring, createdAt = createdAt, position = position, drains = position, task = task,
    queue = queue, input = input, reply = false, attempt = 1, token = token,
    claimedAt = math.floor(token / 1000), endedAt = endedAt, lastOwner = owner, ahead = flags % DECIDED >= AHEAD,
    isDecided = true, result = result, resultUntil = resultUntil
  }, DEFAULTS)
end

-- A job that has more than its short record says.
local function decodeNeeds(raw, from)
  local rare, at = lib.needs.parse(raw, from)
  local form = string.byte(raw, at)
  local job = ((form == FORM.done or form == FORM.briefDone) and decodeDone or decodeWaiting)(raw, at)
  job.rare = rare
  if rare.edges then job.state, job.place = STATE.deferred, PLACE.parked end
  return job
end

-- What was never claimed, or has something before its short record.
local function decodeBefore(raw, from)
  local form = string.byte(raw, from)
  if form == FORM.awaited or form == FORM.needing then return decodeNeeds(raw, from) end
  return (form == FORM.short or form >= FORM.brief) and decodeWaiting(raw, from) or decodeLong(raw, from)
end

local function decodeRunning(raw)
  local _, flags, epoch, lane, number, slot, token, owner, at = struct.unpack(RUNNING, raw)
  local job = decodeBefore(raw, at)
  job.state, job.place, job.attempt, job.owner, job.lastOwner = STATE.processing, PLACE.nowhere, 1, owner, owner
  job.token, job.claimedAt, job.ahead = token, math.floor(token / 1000), flags % DECIDED >= AHEAD
  job.slot, job.epoch, job.lane, job.number = slot, epoch, lane, number
  return job
end

local DECODE = { [FORM.running] = decodeRunning, [FORM.done] = decodeDone, [FORM.briefDone] = decodeDone }

-- The job of a record, but for its id.
function forms.decode(raw)
  return (DECODE[string.byte(raw)] or decodeBefore)(raw, 1)
end

-- A new job, with what it has not by default.
function forms.complete(job)
  return setmetatable(job, DEFAULTS)
end

-- Whether the lengths of names fit in a byte each.
local function isNarrow(j)
  return #j.task < 256 and #j.queue < 256 and j.queue ~= ''
end

-- Whether task, queue and time of a job fit in a brief record.
local function isBrief(j)
  local since = j.createdAt - BRIEF_SINCE
  return j.queue == USUAL and #j.task <= MOST_BRIEF_TASK and since >= 0 and since < BRIEF_MS
end

local function packBody(j)
  if not isNarrow(j) then return struct.pack('>' .. WIDE, #j.task, j.task, #j.queue, j.queue, j.createdAt) .. j.input end
  local queue = j.queue == USUAL and '' or j.queue
  return struct.pack('>' .. NARROW, #j.task, j.task, #queue, queue, j.createdAt) .. j.input
end

-- What few jobs have, with edges, arguments and bags as strings; and a result that is shared.
local function packRest(rare, result)
  local edges, args, bag = rare and rare.edges, rare and rare.args, rare and rare.deps
  if edges then rare.edges = lib.edges.pack(edges) end
  if args then rare.args = lib.values.pack(args) or args end
  if bag then rare.deps = lib.bags.pack(bag) or bag end
  local rest = cmsgpack.pack({ rare, result })
  if rare then rare.edges, rare.args, rare.deps = edges, args, bag end
  return rest
end

local function encodeLong(j)
  local result, rest, last, reply = j.result or '', '', j.lastOwner or '', j.reply or ''
  local isShared = type(result) == 'table'
  if j.rare or isShared then
    rest = packRest(j.rare, isShared and result)
    if isShared then result = '' end
  end
  local flags = (j.ahead and AHEAD or 0) + (j.isDecided and DECIDED or 0) + (j.owner and OWNED or 0)
  return struct.pack(
    LONG, isNarrow(j) and FORM.narrow or FORM.wide, j.state, j.place, j.position, j.drains, j.priority, j.series, j.runAt,
    j.attempt, j.failures, j.crashes, j.token, j.claimedAt, j.endedAt, flags, j.slot, j.epoch, j.lane, j.number,
    j.resultUntil, #reply, reply, #last, last, #result, result, #rest, rest
  ) .. packBody(j)
end

-- The short form of a job, or nil; and what stands before its short record, see `needs.lua`.
local function formOf(j)
  local rare = j.rare or NONE
  local before = rare == NONE and '' or lib.needs.pack(rare)
  local isUsual = before and j.priority == 0 and j.series == 1 and j.runAt == 0
  if not isUsual or not isNarrow(j) or #(j.reply or '') > 255 then return nil end
  local isInline, waits = lib.blobs.isInline(j.input), j.state == STATE.deferred
  local stands = waits and rare.edges and j.place == PLACE.parked or not waits and j.place == PLACE.line
  if stands and j.token == 0 then return isInline and FORM.short or nil, before end
  local isFirst = j.attempt == 1 and j.failures == 0 and j.crashes == 0 and j.claimedAt == math.floor(j.token / 1000)
  if not isFirst or rare.edges or #(j.lastOwner or '') > 255 then return nil end
  local isRunning = j.state == STATE.processing and j.place == PLACE.nowhere and j.owner and not j.result
  if isRunning then return isInline and FORM.running or nil, before end
  local isDone = j.state == STATE.success and j.place == PLACE.expiring and j.isDecided and not j.reply
  local hasResult = type(j.result) == 'string' and #j.result <= MOST_SHORT_RESULT
  return isDone and hasResult and not rare.deps and not rare.args and FORM.done or nil, before
end

local function encodeWaiting(j)
  if not j.reply and j.position < BRIEF_POSITIONS and isBrief(j) then
    return struct.pack(BRIEF, FORM.brief + #j.task, j.position, j.task, j.createdAt - BRIEF_SINCE) .. j.input
  end
  local reply = j.reply or ''
  return struct.pack('>BI6Bc0', FORM.short, j.position, #reply, reply) .. packBody(j)
end

-- The record of a job.
function forms.encode(j)
  local form, before = formOf(j)
  local flags = j.ahead and AHEAD or 0
  if form == FORM.short then return before .. encodeWaiting(j) end
  if form == FORM.running then
    return struct.pack(
      RUNNING, form, OWNED + flags, j.epoch, j.lane, j.number, j.slot, j.token, #j.owner, j.owner
    ) .. before .. encodeWaiting(j)
  end
  if form ~= FORM.done then return encodeLong(j) end
  local brief = isBrief(j) and struct.pack('>' .. BRIEF_BODY, #j.task, j.task, j.createdAt - BRIEF_SINCE) .. j.input
  return before .. struct.pack(
    DONE, brief and FORM.briefDone or form, j.resultUntil, j.endedAt, DECIDED + flags, j.position, #j.result, j.result,
    j.token, #j.lastOwner, j.lastOwner
  ) .. (brief or packBody(j))
end
