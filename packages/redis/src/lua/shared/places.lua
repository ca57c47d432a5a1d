-- Where jobs stand while nobody runs them.

local function parkedKey(job)
  return root .. ':parked:' .. job.queue
end

local function dueKey()
  return root .. ':due'
end

-- Jobs that are due at the same time go by their positions.
local function dueMember(job)
  return struct.pack('>I6c0', job.position, job.id)
end

-- Put a ready job at the tail of its line.
function places.enlist(job)
  lib.queues.setState(job, STATE.enqueued)
  local queue = lib.queues.get(job.queue)
  job.place = PLACE.line
  job.position = lib.space.count()
  job.drains = job.position
  lib.lines.push(lib.queues.line(queue, job.priority), job.position, job.id)
  lib.queues.wake(queue)
end

-- Put a job that its owner had before all others of its line, in its old order.
function places.enlistInFront(job)
  lib.queues.setState(job, STATE.enqueued)
  local queue = lib.queues.get(job.queue)
  local line = lib.queues.line(queue, job.priority)
  job.place = PLACE.returned
  job.drains = queue.drains
  line.returned = line.returned + 1
  lib.effects.score(lib.lines.returnedKey(queue, line), job.id, job.position)
  lib.queues.wake(queue)
end

local function park(job)
  job.place = PLACE.parked
  job.position = lib.space.count()
  job.drains = job.position
  lib.effects.score(parkedKey(job), job.id, job.position)
end

-- Put a job where jobs wait for others.
function places.defer(job)
  lib.queues.setState(job, STATE.deferred)
  park(job)
end

-- Put a job where jobs wait for their time.
function places.schedule(job, runAt)
  lib.queues.setState(job, STATE.scheduled)
  park(job)
  job.runAt = runAt
  lib.effects.score(dueKey(), dueMember(job), runAt)
  lib.space.tellDue(runAt)
end

-- Let a job that waited for others, or is new, go where it belongs now.
function places.makeReady(job)
  if job.runAt > lib.space.now then places.schedule(job, job.runAt) else places.enlist(job) end
end

-- Whether a drain of its queue has come since the job was placed: both are told by the namespace's count.
function places.isDrained(job)
  local isWaiting = job.place == PLACE.line or job.place == PLACE.returned or job.place == PLACE.parked
  return isWaiting and job.drains < lib.queues.get(job.queue).drains
end

local function leaveLine(job)
  local queue = lib.queues.get(job.queue)
  local line = lib.queues.line(queue, job.priority)
  if job.place == PLACE.returned then
    line.returned = line.returned - 1
    lib.effects.score(lib.lines.returnedKey(queue, line), job.id, false)
  else
    line.live = line.live - 1
    lib.lines.noteStale(queue, line)
  end
end

-- Take a job from where it waits. Its entry in a line stays behind, and is passed over.
function places.displace(job)
  local place = job.place
  if place == PLACE.nowhere then return end
  lib.jobs.touch(job)
  if place == PLACE.line or place == PLACE.returned then
    leaveLine(job)
  elseif place == PLACE.parked then
    lib.effects.score(parkedKey(job), job.id, false)
    if job.state == STATE.scheduled then lib.effects.score(dueKey(), dueMember(job), false) end
  elseif place == PLACE.ended then
    lib.retention.leave(job)
  end
  job.place = PLACE.nowhere
end

-- Take a job whose entry was just read from a line.
function places.take(job)
  places.displace(job)
  local line = lib.queues.line(lib.queues.get(job.queue), job.priority)
  line.stale = line.stale - 1
end
