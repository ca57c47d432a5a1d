-- How long records and results are kept. Jobs whose result has a time stand in lists by the minute in which that is
-- over; jobs without one in `ended`, from where they go when their time is over, or when there are too many.
local MOST_RECORDS = 50000
local RECORD_TTL = 7 * 24 * 60 * 60 * 1000
local MINUTE = 60 * 1000
local MOST_IN_BLOCK = 32
local MOST_TRIMMED = 512

local function endedKey()
  return root .. ':ended'
end

local function minutesKey()
  return root .. ':minutes'
end

local function bucketKey(minute)
  return root .. ':expiring:' .. string.format('%.0f', minute)
end

local function pushBlock(bucket)
  if bucket[3] ~= '' then lib.effects.add('RPUSH', bucketKey(bucket[1]), bucket[3]) end
end

-- Look at a job when this minute has come. What comes in for one minute is gathered to blocks.
local function expireIn(job, minute)
  local it = lib.space.it
  local bucket = it.bucket
  if bucket and (bucket[1] ~= minute or bucket[2] >= MOST_IN_BLOCK) then
    pushBlock(bucket)
    bucket = false
  end
  bucket = bucket or { minute, 0, '' }
  bucket[2] = bucket[2] + 1
  bucket[3] = bucket[3] .. struct.pack('>I6I2', job.position, 1) .. job.id
  it.bucket = bucket
  if it.minute ~= minute then
    it.minute = minute
    lib.effects.score(minutesKey(), string.format('%.0f', minute), minute)
  end
end

local function keepResult(job)
  if job.resultUntil == math.huge then return end
  job.place = PLACE.expiring
  job.position = lib.space.count()
  local minute = math.ceil(job.resultUntil / MINUTE)
  expireIn(job, minute)
  lib.space.tellDue(minute * MINUTE)
end

-- The job may go from now on, if there are too many.
local function becomeExpendable(job)
  if job.endedAt + RECORD_TTL <= lib.space.now then return retention.forget(job) end
  local it = lib.space.it
  job.place = PLACE.ended
  job.position = lib.space.count()
  lib.jobs.touch(job)
  lib.effects.score(endedKey(), job.id, job.position)
  it.expendable = it.expendable + 1
  if it.expendable == 1 then lib.space.tellDue(job.endedAt + RECORD_TTL) end
end

-- A job does not stand among those that may go.
function retention.leave(job)
  lib.space.it.expendable = lib.space.it.expendable - 1
  lib.space.touch()
  lib.effects.score(endedKey(), job.id, false)
end

-- A job has ended: see to it that its result and its record go when their time is over.
function retention.retain(job)
  if job.state == STATE.failed then return end
  lib.space.it.ended = lib.space.it.ended + 1
  lib.space.touch()
  if job.result then keepResult(job) else becomeExpendable(job) end
end

-- The job is not an ended one any more.
function retention.unretain(job)
  if job.state ~= STATE.success and job.state ~= STATE.canceled then return end
  lib.space.it.ended = lib.space.it.ended - 1
  lib.space.touch()
  lib.places.displace(job)
end

-- Forget an ended job: record, result and id.
function retention.forget(job)
  lib.releases.add(job, false, true)
  retention.unretain(job)
  lib.values.drop(job)
  lib.values.dropArguments(job)
  lib.blobs.free(job.input)
  if job.rare and job.rare.output then lib.blobs.free(job.rare.output) end
  lib.journals.forget(job)
  lib.queues.count(job, -1)
  lib.jobs.drop(job)
end

-- Ids of the oldest records that may go.
local function oldest(count)
  local found = lib.effects.members(endedKey(), count)
  lib.jobs.prefetch(found)
  return found
end

-- Make room for as many records as there are too many, the oldest first.
function retention.flush()
  if lib.space.it.ended <= MOST_RECORDS or lib.space.it.expendable == 0 then return end
  local excess = math.min(lib.space.it.ended - MOST_RECORDS, MOST_TRIMMED)
  for _, id in ipairs(oldest(excess)) do
    local job = lib.jobs.get(id)
    if job and job.place == PLACE.ended then retention.forget(job) end
  end
end

local function expire(job)
  lib.values.drop(job)
  job.place = PLACE.nowhere
  becomeExpendable(job)
end

-- A block: positions, each with the number of ids that have it, and these.
local function expireBlock(block)
  local positions, ids = {}, {}
  local at = 1
  while at <= #block do
    local position, count
    position, count, at = struct.unpack('>I6I2', block, at)
    for _ = 1, count do
      positions[#ids + 1] = position
      ids[#ids + 1], at = lib.jobs.idAt(block, at)
    end
  end
  lib.jobs.prefetch(ids)
  for index, id in ipairs(ids) do
    local job = lib.jobs.get(id)
    if job and job.place == PLACE.expiring and job.position == positions[index] then expire(job) end
  end
  return #ids
end

-- Drop the results of one minute, in blocks; answers how many were looked at, and whether none is left.
local function expireMinute(minute, budget)
  local it = lib.space.it
  local steps = 0
  if it.bucket and it.bucket[1] <= minute then
    steps = expireBlock(it.bucket[3])
    it.bucket = false
    it.minute = 0
    lib.space.touch()
  end
  local blocks = 0
  while steps < budget do
    local block = redis.call('LINDEX', bucketKey(minute), blocks)
    if not block then break end
    blocks = blocks + 1
    steps = steps + expireBlock(block)
  end
  if blocks > 0 then lib.effects.remove('LTRIM', bucketKey(minute), blocks, -1) end
  return steps, steps < budget
end

local function isOld(id)
  local job = lib.jobs.get(id)
  return job and job.place == PLACE.ended and job.endedAt + RECORD_TTL <= lib.space.now
end

local function forgetOld(budget)
  local first = oldest(1)[1]
  if not first or not isOld(first) then return 0 end
  for at, id in ipairs(oldest(budget)) do
    if not isOld(id) then return at - 1 end
    retention.forget(lib.jobs.get(id))
  end
  return budget
end

-- Drop results and forget records whose time is over, about `budget` of them; answers how many.
function retention.apply(budget)
  local steps = 0
  local due = redis.call('ZRANGEBYSCORE', minutesKey(), '-inf', math.floor(lib.space.now / MINUTE), 'LIMIT', 0, 16)
  for _, member in ipairs(due) do
    if steps >= budget then return budget end
    local minute = tonumber(member)
    local done, isOver = expireMinute(minute, budget - steps)
    steps = steps + done
    if isOver then lib.effects.score(minutesKey(), member, false) end
  end
  if steps >= budget then return budget end
  return steps + forgetOld(budget - steps)
end

-- When there is something to do next.
function retention.next()
  local minute = lib.effects.members(minutesKey(), 1)[1]
  local next = minute and tonumber(minute) * MINUTE or math.huge
  local first = oldest(1)[1]
  local job = first and lib.jobs.get(first)
  return job and math.min(next, job.endedAt + RECORD_TTL) or next
end
