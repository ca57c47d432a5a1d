-- Handing out jobs, best first.
local MOST_PASSED_OVER = 256
local READ_ON = 32
local MOST_LINES = 64
local MOST_INLINE_VALUE = 256 * 1024
local DEFAULT_MAX_CRASHES = 3

-- A 0, where the record of a job never claimed has its form; token, attempt, failures, crashes, series, priority,
-- flags, rest, task, queue, created at; then the input; see `claim.ts`.
local FORMAT = '>BI7I4I4I4I4i4BI4c0I2c0I2c0I6'

-- What one claim has taken so far. request: { slots, ahead, bytes, queues, isFair }.
local function handFor(session, call, asked)
  return {
    session = session, call = call, slots = asked[1], ahead = asked[2], bytes = asked[3], used = 0, isFull = false,
    passed = 0, hasSkipped = false, jobs = {}, values = {}, places = {}, blobs = {}
  }
end

local function isFull(hand)
  return hand.isFull or hand.slots + hand.ahead <= 0
end

-- A session holds one suspect at a time.
local function mustPassOver(hand, job)
  return lib.jobs.isSuspect(job) and hand.session.suspect
end

local function needsSlot(hand, job)
  local most = job.rare and job.rare.maxCrashes or lib.sessions.maxCrashes(hand.session, job.task) or DEFAULT_MAX_CRASHES
  return lib.jobs.isSuspect(job) or most == 1
end

-- A name for what an argument is, the same for the same.
local function nameOf(argument)
  if type(argument) == 'string' or argument[1] == 2 then return cmsgpack.pack(argument) end
  return string.format('%.0f', argument[2][2]) .. ':' .. argument[2][1]
end

local function blobOf(argument)
  return type(argument) == 'string' and argument or lib.values.blobOf(argument[2])
end

-- Bytes that the arguments of a job add to a reply which has some already.
local function inlineSize(hand, args)
  local size = 0
  local counted = {}
  for _, argument in ipairs(args) do
    local name = nameOf(argument)
    if (type(argument) == 'string' or argument[1] == 1) and not hand.places[name] and not counted[name] then
      counted[name] = true
      local bytes = lib.blobs.size(blobOf(argument))
      if bytes <= MOST_INLINE_VALUE then size = size + bytes end
    end
  end
  return size
end

-- An entry of the table of values: { 1, payload }, { 2, failure }, or { 3, id, series, size }.
local function entryOf(hand, argument)
  if type(argument) == 'string' then return { 1, argument } end
  if argument[1] == 2 then return argument end
  local ref, blob = argument[2], blobOf(argument)
  local size = lib.blobs.size(blob)
  if size > MOST_INLINE_VALUE then return { 3, ref[1], ref[2], size } end
  local entry = { 1, blob }
  hand.blobs[#hand.blobs + 1] = { entry, 2 }
  return entry
end

-- Places of arguments, counted from 0, in a table that holds each once; those it lacks are added.
local function placesOf(hand, args)
  local found = {}
  for at, argument in ipairs(args) do
    local name = nameOf(argument)
    local place = hand.places[name]
    if not place then
      place = #hand.values
      hand.values[place + 1] = entryOf(hand, argument)
      hand.places[name] = place
    end
    found[at] = place
  end
  return found
end

-- What few jobs have: { args, run, ignoreResult, tags, meta }.
local function restOf(hand, rare)
  if not rare then return '' end
  return cmsgpack.pack({
    rare.args and placesOf(hand, rare.args) or false, rare.run or false, rare.ignoreResult or false, rare.tags or false,
    rare.meta or false
  })
end

local function describe(hand, job)
  local described = { job = job, input = job.input, rest = restOf(hand, job.rare) }
  hand.blobs[#hand.blobs + 1] = { described, 'input' }
  hand.jobs[#hand.jobs + 1] = described
end

local function packed(each)
  local job = each.job
  local rare = job.rare
  return struct.pack(
    FORMAT, 0, job.token, job.attempt, job.failures, job.crashes, job.series, rare and rare.handedAs or job.priority,
    job.ahead and 1 or 0, #each.rest, each.rest, #job.task, job.task, #job.queue, job.queue, job.createdAt
  ) .. each.input
end

-- What was taken: how many jobs, how many of them not ahead and with which token, if their records say nothing of that;
-- values; and whether there may be more to pass over. Besides, packed by hand since there are many, what goes behind
-- the answer: ids, and jobs with a length before each.
local function replyOf(hand, isCut)
  lib.blobs.fill(hand.blobs)
  local ids, parts = {}, {}
  for at, each in ipairs(hand.jobs) do
    local described = packed(each)
    ids[at] = each.job.id
    parts[at] = struct.pack('>I4', #described) .. described
  end
  return { count = #ids, told = { #ids, 0, 0, hand.values, isCut }, behind = table.concat(ids) .. table.concat(parts) }
end

-- An answer that ends with what was taken, if anything was asked for.
function claims.answer(...)
  local parts = { ... }
  local claimed = parts[#parts]
  if not claimed then return answer(...) end
  parts[#parts] = claimed.told
  return answer(unpack(parts)) .. claimed.behind
end

local function claim(hand, job, ahead)
  -- The stamps tell of one claim only.
  if job.claimedAt > 0 then lib.history.writeOut(job) end
  lib.queues.setState(job, STATE.processing)
  job.token = math.max(job.token + 1, lib.space.micros)
  job.attempt = job.attempt + 1
  job.ahead = ahead
  job.claimedAt = lib.space.now
  if job.rare then job.rare.handedAs = nil end
  job.epoch, job.lane, job.number = hand.call[2], hand.call[3], hand.call[4]
  lib.sessions.own(hand.session, job)
  lib.history.noteStamped(job, 'claimed', hand.session.id)
end

-- False if this job may not go with this claim.
local function take(hand, job, leave)
  local ahead = hand.slots <= 0
  if ahead and needsSlot(hand, job) then return false end
  local args = job.rare and job.rare.args
  local size = lib.blobs.size(job.input) + (args and inlineSize(hand, args) or 0)
  if #hand.jobs > 0 and hand.used + size > hand.bytes then return false end
  hand.used = hand.used + size
  if ahead then hand.ahead = hand.ahead - 1 else hand.slots = hand.slots - 1 end
  leave(job)
  claim(hand, job, ahead)
  describe(hand, job)
  return true
end

-- Answers 'taken', 'passed' or 'full'.
local function offer(hand, job, leave)
  if lib.places.isDrained(job) then
    leave(job)
    lib.ends.cancel(job, lib.failures.drained(job))
    return 'taken'
  end
  if mustPassOver(hand, job) then
    hand.passed = hand.passed + 1
    return 'passed'
  end
  if take(hand, job, leave) then return 'taken' end
  hand.isFull = true
  return 'full'
end

local function prefetchValues(ids)
  local refs = {}
  for _, id in ipairs(ids) do
    local job = lib.jobs.get(id)
    for _, argument in ipairs(job and job.rare and job.rare.args or {}) do
      if lib.values.isShared(argument) then refs[#refs + 1] = argument[2] end
    end
  end
  if #refs > 0 then lib.values.prefetch(refs) end
end

local function prefetch(ids)
  lib.jobs.prefetch(ids)
  prefetchValues(ids)
end

local function takeReturned(hand, queue, line)
  local ids = lib.effects.members(lib.lines.returnedKey(queue, line), hand.slots + hand.ahead + MOST_PASSED_OVER)
  prefetch(ids)
  for _, id in ipairs(ids) do
    if isFull(hand) or hand.passed >= MOST_PASSED_OVER then return end
    local job = lib.jobs.get(id)
    if job and job.place == PLACE.returned then offer(hand, job, lib.places.displace) end
  end
end

-- The next entries of a line.
local function read(queue, line, count)
  local entries, ids = {}, {}
  while #entries < count do
    local position, id = lib.lines.next(queue, line, count - #entries)
    if not position then break end
    entries[#entries + 1] = { position, id }
    ids[#ids + 1] = id
  end
  prefetch(ids)
  return entries
end

-- Entries that no job stands at any more are passed over, but not without bound.
local function skip(hand, line)
  line.stale = line.stale - 1
  hand.passed = hand.passed + 1
  hand.hasSkipped = true
end

local function takeWaiting(hand, queue, line)
  local kept = {}
  while line.live > 0 and not isFull(hand) and hand.passed < MOST_PASSED_OVER do
    -- Where some have to be passed over, others do as well.
    local wanted = math.max(hand.slots + hand.ahead, hand.passed > 0 and READ_ON or 0)
    local entries = read(queue, line, wanted)
    if #entries == 0 then break end
    for _, entry in ipairs(entries) do
      local job = lib.jobs.get(entry[2])
      local stands = job and job.place == PLACE.line and job.position == entry[1]
      if not stands then
        skip(hand, line)
      elseif isFull(hand) or offer(hand, job, lib.places.take) ~= 'taken' then
        kept[#kept + 1] = entry
      end
    end
  end
  lib.lines.putBack(line, kept)
end

local function takeFromLines(hand, queue, found)
  for _, line in ipairs(found) do
    if isFull(hand) or hand.passed >= MOST_PASSED_OVER then return end
    lib.queues.touch(queue)
    if line.returned > 0 then takeReturned(hand, queue, line) end
    takeWaiting(hand, queue, line)
  end
end

local function takeFrom(hand, queue)
  hand.passed, hand.hasSkipped = 0, false
  takeFromLines(hand, queue, { unpack(lib.queues.lines(queue)) })
  if not isFull(hand) and queue.spilled > 0 then
    takeFromLines(hand, queue, lib.queues.spilledLines(queue, MOST_LINES))
  end
end

local function keepLease(session)
  if not session.leaseMs then return end
  session.leaseEnd = lib.space.now + session.leaseMs
  lib.sessions.touch(session)
  lib.space.tellDue(math.floor(lib.space.now + session.leaseMs / 4))
end

-- Names of the queues to look at, in order.
local function inTurn(session, asked)
  local names = asked[4]
  if not asked[5] then return names end
  local from = #names == 0 and 0 or session.turn % #names
  session.turn = session.turn + 1
  lib.sessions.touch(session)
  local found = {}
  for at = 1, #names do found[at] = names[(from + at - 1) % #names + 1] end
  return found
end

-- Take jobs for a session; answers what `replyOf` says.
function claims.take(session, call, asked)
  local hand = handFor(session, call, asked)
  lib.queues.prefetch(asked[4])
  local isCut = false
  for _, name in ipairs(inTurn(session, asked)) do
    local queue = lib.queues.find(name)
    if queue and queue.counts[STATE.enqueued] > 0 then takeFrom(hand, queue) end
    -- What was skipped is gone, so that the next claim comes further; jobs that were passed over still stand there.
    isCut = isCut or hand.passed >= MOST_PASSED_OVER and hand.hasSkipped
    if isFull(hand) then break end
  end
  if #hand.jobs > 0 then keepLease(session) end
  return replyOf(hand, isCut)
end

-- The reply to a call that is made again: what is still held of what it claimed. `isCut`: whoever finds nothing in it
-- has to look again.
function claims.takeAgain(session, call, isCut)
  local hand = handFor(session, call, { 0, 0, 0 })
  local ids = {}
  local found = {}
  for _, job in ipairs(lib.sessions.heldJobs(session)) do
    if job.epoch == call[2] and job.lane == call[3] and job.number == call[4] then
      found[#found + 1] = job
      ids[#ids + 1] = job.id
    end
  end
  prefetchValues(ids)
  for _, job in ipairs(found) do describe(hand, job) end
  return replyOf(hand, isCut)
end
