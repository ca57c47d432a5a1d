-- Orders about jobs and queues: { kind, … }. Each answers { 'ok', count }, or why it was not carried out.
local function invalid(job)
  return { 'invalid-state', job.state }
end

local function expireLease(job)
  if job.state ~= STATE.processing then return invalid(job) end
  local canceling = job.rare and job.rare.canceling
  lib.history.note(job, 'lease-lost', job.owner)
  lib.sessions.seize(job)
  if canceling then lib.ends.cancel(job, canceling[2]) else lib.places.enlistInFront(job) end
  return { 'ok', 1 }
end

local function changePriority(job, priority)
  if lib.jobs.hasEnded(job) then return invalid(job) end
  if job.priority == priority then return { 'ok', 0 } end
  if lib.places.isDrained(job) then
    lib.ends.cancel(job, lib.failures.drained(job))
    return invalid(job)
  end
  -- Who repeats the claim is answered as the first time.
  if job.state == STATE.processing then
    local rare = lib.jobs.rare(job)
    rare.handedAs = rare.handedAs or job.priority
  end
  local isInLine = job.place == PLACE.line or job.place == PLACE.returned
  if isInLine then lib.places.displace(job) end
  job.priority = priority
  lib.jobs.touch(job)
  if isInLine then lib.places.enlist(job) end
  return { 'ok', 1 }
end

local function remove(job)
  if not lib.jobs.hasEnded(job) then return invalid(job) end
  lib.retention.forget(job)
  return { 'ok', 1 }
end

-- A job that waits for the outcome of its forward has its life behind it.
local function isWaiting(job)
  return job.state == STATE.deferred and not (job.rare and job.rare.forward)
end

local function add(job, found, search)
  local before = lib.edges.unmet(job)
  local failure = lib.edges.link(job, found)
  if failure then
    lib.ends.fail(job, failure, 'dependency-failed')
    return { 'ok', 1 }
  end
  lib.cycles.later(search, job)
  return { 'ok', lib.edges.unmet(job) - before }
end

-- Let a deferred job wait for more: edges { on, onError }.
local function depend(job, wanted)
  if not isWaiting(job) then return invalid(job) end
  local found, targets = {}, {}
  for at, edge in ipairs(wanted) do
    local target = lib.jobs.get(edge[1])
    found[at] = { EDGE.order, edge[2], target }
    targets[at] = target
  end
  local search = lib.cycles.search(job, targets)
  if search == 'found' then return { 'dependency-cycle' } end
  return add(job, found, search)
end

-- Let a deferred job not wait for something any more: ids, or 'all'.
local function undepend(job, on)
  if not isWaiting(job) then return invalid(job) end
  local named = {}
  for _, id in ipairs(type(on) == 'table' and on or {}) do named[id] = true end
  local count = 0
  for at = lib.edges.unmet(job), 1, -1 do
    local edge = job.rare.edges[at]
    if edge[2] == EDGE.order and (on == 'all' or named[edge[3]]) then
      lib.edges.drop(job, at)
      count = count + 1
    end
  end
  if count > 0 and lib.edges.unmet(job) == 0 then
    lib.places.displace(job)
    lib.history.noteReleased(job)
    lib.places.makeReady(job)
  end
  return { 'ok', count }
end

local ON_JOB = {
  ['expire-lease'] = expireLease, priority = changePriority, remove = remove, depend = depend, undepend = undepend
}

function orders.carryOut(command)
  if command[1] == 'cancel' then return lib.cancels.all(command[2], command[3], command[4]) end
  if command[1] == 'drain' then return { 'ok', lib.drains.begin(command[2]) } end
  local job = lib.jobs.get(command[2])
  if not job then return { 'no-such-job', command[2] } end
  return ON_JOB[command[1]](job, command[3])
end
