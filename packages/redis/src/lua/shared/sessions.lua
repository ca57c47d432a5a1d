-- Sessions: who calls, what was applied last, and what is held.
-- After the form (1; 2 if it has ended or holds a suspect), the lanes (number, last call, whether its answers are
-- kept), the counts of its takes, and packed what few calls need: how many lanes and takes, lease in ms (-1: none),
-- epoch, end of the lease, turn, held, heard at. `plain/opening.lua` counts on it; see `space.lua` for the order.
local FORMAT, BYTES, LANE, TAKE = '<I4I4ddddd>I6', 54, '<I4I6B', '<I4'
local USUAL, SPECIAL = 1, 2

local function decodeLanes(raw, at, count)
  local lanes = {}
  for index = 1, count do
    local number, last, hasAnswers
    number, last, hasAnswers, at = struct.unpack(LANE, raw, at)
    lanes[index] = { number, last, hasAnswers == 1 }
  end
  return lanes, at
end

local function decodeTakes(raw, at, count)
  local takes = {}
  for slot = 1, count do takes[slot], at = struct.unpack(TAKE, raw, at) end
  return takes, at
end

local function decode(raw)
  local laneCount, takeCount, leaseMs, epoch, leaseEnd, turn, held, heardAt = struct.unpack(FORMAT, raw, #raw - BYTES + 1)
  local lanes, takesAt = decodeLanes(raw, 2, laneCount)
  local takes, at = decodeTakes(raw, takesAt, takeCount)
  local r = cmsgpack.unpack(string.sub(raw, at, -BYTES - 1))
  return {
    leaseMs = leaseMs >= 0 and leaseMs, epoch = epoch, leaseEnd = leaseEnd, heardAt = heardAt, turn = turn, held = held,
    lanes = lanes, takes = takes, policies = r[1], ended = r[2], canceling = r[3], suspect = r[4], lost = r[5],
    before = r[6], owner = r[7], begun = r[8], revision = r[9]
  }
end

local function encode(s)
  local form = (s.ended or s.suspect) and SPECIAL or USUAL
  local parts = { string.char(form) }
  for _, lane in ipairs(s.lanes) do parts[#parts + 1] = struct.pack(LANE, lane[1], lane[2], lane[3] and 1 or 0) end
  for _, count in ipairs(s.takes) do parts[#parts + 1] = struct.pack(TAKE, count) end
  parts[#parts + 1] = cmsgpack.pack({
    s.policies, s.ended, s.canceling, s.suspect, s.lost, s.before, s.owner, s.begun, s.revision
  })
  parts[#parts + 1] =
    struct.pack(FORMAT, #s.lanes, #s.takes, s.leaseMs or -1, s.epoch, s.leaseEnd, s.turn, s.held, s.heardAt)
  return table.concat(parts)
end

-- The session of an id, or false. `ended`: 'lost' when a sweep has recorded its end, 'closed' when it left.
function sessions.get(id)
  local session = lib.store.load('s' .. id, decode)
  if session then session.id = id end
  return session
end

function sessions.touch(session)
  if session.isTouched then return end
  session.isTouched = true
  lib.store.save('s' .. session.id, session, encode)
end

function sessions.make(id)
  local session = {
    id = id, leaseMs = false, policies = {}, epoch = 0, leaseEnd = 0, heardAt = lib.space.now, ended = false, canceling = 0,
    suspect = false, turn = 0, held = 0, takes = {}, lost = {}, before = {}, lanes = {}, owner = false,
    begun = lib.space.count(), revision = 0
  }
  sessions.touch(session)
  return session
end

local function answerField(session, lane)
  return 'a' .. session.id .. ':' .. lane
end

-- Names of the queues that it said it serves.
function sessions.queuesOf(session)
  local said = lib.store.load('S' .. session.id, cmsgpack.unpack)
  return said and said[3] or {}
end

function sessions.forget(session)
  for _, lane in ipairs(session.lanes) do
    if lane[3] then lib.store.drop(answerField(session, lane[1])) end
  end
  lib.store.drop('s' .. session.id)
  lib.store.drop('S' .. session.id)
  lib.effects.remove('SREM', root .. ':sessions', session.id)
end

-- The session of this id, which was heard of now; else nil and what to answer.
function sessions.live(id)
  local session = sessions.get(id)
  if not session or session.ended == 'closed' then return nil, { 'unknown' } end
  if session.ended then return nil, { 'ended' } end
  session.heardAt = lib.space.now
  return session
end

-- Ids of all sessions, whose records are read in one command.
function sessions.all()
  local ids = redis.call('SMEMBERS', root .. ':sessions')
  local fields = {}
  for at, id in ipairs(ids) do fields[at] = 's' .. id end
  lib.store.prefetch(fields)
  return ids
end

local function laneOf(session, number)
  for _, lane in ipairs(session.lanes) do
    if lane[1] == number then return lane end
  end
end

-- Whether the call that this one is to follow was not applied.
local function isEarly(session, call)
  if not call[5] then return false end
  local other = laneOf(session, call[5])
  return not other or other[2] < call[6]
end

-- The session of a call; whether it was applied before; else nil and what to answer. call: session, epoch, lane,
-- number, and the lane and number of the one that it is to follow, if any.
function sessions.admit(call)
  local session, refusal = sessions.live(call[1])
  if not session then return nil, refusal end
  if call[2] ~= session.epoch then return nil, { 'stale', 'epoch', session.epoch } end
  local last = laneOf(session, call[3])
  if not last or call[4] > last[2] then
    if isEarly(session, call) then return nil, { 'early' } end
    return session, false
  end
  if call[4] < last[2] then return nil, { 'stale', 'number', last[2] } end
  return session, true
end

-- What the last call of a lane was answered, item by item; false if each was `ok`.
function sessions.answers(session, call)
  return laneOf(session, call[3])[3] and lib.store.load(answerField(session, call[3]), cmsgpack.unpack)
end

-- Remember what a call was answered; `answers` false if each item was `ok`.
function sessions.remember(session, call, answers)
  local last = laneOf(session, call[3])
  if not last then
    last = { call[3], 0, false }
    session.lanes[#session.lanes + 1] = last
  end
  if answers then
    lib.store.save(answerField(session, call[3]), answers, cmsgpack.pack)
  elseif last[3] then
    lib.store.drop(answerField(session, call[3]))
  end
  last[2] = call[4]
  last[3] = answers and true or false
  sessions.touch(session)
end

-- Begin a new epoch: every lane starts at 1.
function sessions.beginEpoch(session, epoch)
  session.before = {}
  for at, lane in ipairs(session.lanes) do
    session.before[at] = { lane[1], lane[2] }
    if lane[3] then lib.store.drop(answerField(session, lane[1])) end
  end
  session.lanes = {}
  session.epoch = epoch
end

-- Crashes after which a job of the task fails, as the session's program says; nil if it says nothing.
function sessions.maxCrashes(session, task)
  return session.policies[task]
end

local function takeField(session, slot)
  return 'h' .. session.id .. ':' .. slot
end

-- Where this script notes what the session takes: all in one field. `takes` counts for each how many are still held.
local function taking(session)
  local take = session.taking
  if take and (session.takes[take.slot] or 0) > 0 then return take end
  local slot = 1
  while (session.takes[slot] or 0) > 0 do slot = slot + 1 end
  session.taking = { slot = slot, ids = {} }
  session.takes[slot] = 0
  lib.store.save(takeField(session, slot), session.taking.ids, table.concat)
  return session.taking
end

-- A session takes a job.
function sessions.own(session, job)
  local take = taking(session)
  take.ids[#take.ids + 1] = job.id
  session.takes[take.slot] = session.takes[take.slot] + 1
  session.held = session.held + 1
  job.owner = session.id
  job.lastOwner = session.id
  job.slot = take.slot
  if lib.jobs.isSuspect(job) then session.suspect = job.id end
  sessions.touch(session)
end

local function leaveTake(session, slot)
  local takes = session.takes
  takes[slot] = takes[slot] - 1
  if takes[slot] > 0 then return end
  lib.store.drop(takeField(session, slot))
  while takes[#takes] == 0 do takes[#takes] = nil end
end

-- The job's claim is over, if it had one.
function sessions.letGo(job)
  if not job.owner then return end
  local session = sessions.get(job.owner)
  lib.jobs.touch(job)
  job.owner = false
  if not session then return end
  leaveTake(session, job.slot)
  session.held = session.held - 1
  if session.suspect == job.id then session.suspect = false end
  if job.rare and job.rare.canceling then
    session.canceling = session.canceling - 1
    job.rare.canceling = nil
  end
  sessions.touch(session)
end

-- Take a job from its owner, who will hear of it.
function sessions.seize(job)
  if not job.owner then return end
  local session = sessions.get(job.owner)
  if session then
    session.lost[#session.lost + 1] = { job.id, job.token }
    lib.effects.tellNotice(session.id)
  end
  sessions.letGo(job)
end

local function byClaim(a, b)
  if a.token ~= b.token then return a.token < b.token end
  return a.place < b.place
end

-- Numbers of the fields in which a session has noted what it still holds.
local function heldTakes(session)
  local slots, fields = {}, {}
  for slot, count in ipairs(session.takes) do
    if count > 0 then
      slots[#slots + 1] = slot
      fields[#fields + 1] = takeField(session, slot)
    end
  end
  lib.store.prefetch(fields)
  return slots
end

-- Jobs that a session holds, in the order of their claims; with `most`, about as many of the oldest.
function sessions.heldJobs(session, most)
  local found = {}
  for _, slot in ipairs(heldTakes(session)) do
    if #found >= (most or math.huge) then break end
    local ids = lib.store.load(takeField(session, slot), lib.jobs.idsIn) or {}
    lib.jobs.prefetch(ids)
    for _, id in ipairs(ids) do
      local job = lib.jobs.get(id)
      if job and job.owner == session.id and job.slot == slot then
        found[#found + 1] = { token = job.token, place = #found, job = job }
      end
    end
  end
  table.sort(found, byClaim)
  for at, each in ipairs(found) do found[at] = each.job end
  return found
end
