-- Sessions: who calls, what was applied last, and what is held.
local function decode(raw)
  local r = cmsgpack.unpack(raw)
  return {
    leaseMs = r[1], policies = r[2], epoch = r[3], leaseEnd = r[4], heardAt = r[5], ended = r[6], canceling = r[7],
    suspect = r[8], turn = r[9], held = r[10], high = r[11], free = r[12], lost = r[13], before = r[14], lanes = r[15],
    owner = r[16], begun = r[17], revision = r[18]
  }
end

local function encode(s)
  return cmsgpack.pack({
    s.leaseMs, s.policies, s.epoch, s.leaseEnd, s.heardAt, s.ended, s.canceling, s.suspect, s.turn, s.held, s.high, s.free,
    s.lost, s.before, s.lanes, s.owner, s.begun, s.revision
  })
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
    suspect = false, turn = 0, held = 0, high = 0, free = {}, lost = {}, before = {}, lanes = {}, owner = false,
    begun = lib.space.count(), revision = 0
  }
  sessions.touch(session)
  return session
end

local function answerField(session, lane)
  return 'a' .. session.id .. ':' .. lane
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

-- The session of a call; whether it was applied before; else nil and what to answer. call: session, epoch, lane, number.
function sessions.admit(call)
  local session, refusal = sessions.live(call[1])
  if not session then return nil, refusal end
  if call[2] ~= session.epoch then return nil, { 'stale', 'epoch', session.epoch } end
  local last = laneOf(session, call[3])
  if not last or call[4] > last[2] then return session, false end
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

local function slotField(session, slot)
  return 'h' .. session.id .. ':' .. slot
end

-- A session takes a job.
function sessions.own(session, job)
  local slot = table.remove(session.free)
  if not slot then
    slot = session.high + 1
    session.high = slot
  end
  session.held = session.held + 1
  job.owner = session.id
  job.lastOwner = session.id
  job.slot = slot
  lib.store.save(slotField(session, slot), job.id, lib.store.text)
  if lib.jobs.isSuspect(job) then session.suspect = job.id end
  sessions.touch(session)
end

-- The job's claim is over, if it had one.
function sessions.letGo(job)
  if not job.owner then return end
  local session = sessions.get(job.owner)
  lib.jobs.touch(job)
  job.owner = false
  if not session then return end
  lib.store.drop(slotField(session, job.slot))
  session.held = session.held - 1
  if session.held == 0 then
    session.high, session.free = 0, {}
  else
    session.free[#session.free + 1] = job.slot
  end
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
  return a.index < b.index
end

-- Jobs that a session holds, in the order of their claims; with `most`, about as many of the oldest.
function sessions.heldJobs(session, most)
  local found = {}
  local from = 1
  while from <= session.high and #found < (most or math.huge) do
    local upTo = math.min(session.high, from + 511)
    local fields = {}
    for slot = from, upTo do fields[#fields + 1] = slotField(session, slot) end
    lib.store.prefetch(fields)
    local ids = {}
    for _, field in ipairs(fields) do ids[#ids + 1] = lib.store.load(field, lib.store.text) or nil end
    lib.jobs.prefetch(ids)
    for _, id in ipairs(ids) do
      local job = lib.jobs.get(id)
      if job and job.owner == session.id then found[#found + 1] = job end
    end
    from = upTo + 1
  end
  table.sort(found, byClaim)
  return found
end
