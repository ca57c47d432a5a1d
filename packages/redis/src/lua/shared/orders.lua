-- Orders about jobs and queues: { kind, … }. Each answers { 'ok', count }, or why it was not carried out.
local function invalid(job)
  return { 'invalid-state', job.state }
end

local function expireLease(job)
  if job.state ~= STATE.processing then return invalid(job) end
  local canceling = job.rare and job.rare.canceling
  history.note(job, 'lease-lost', job.owner)
  sessions.seize(job)
  if canceling then ends.cancel(job, canceling[2]) else places.enlistInFront(job) end
  return { 'ok', 1 }
end

local function changePriority(job, priority)
  if jobs.hasEnded(job) then return invalid(job) end
  if job.priority == priority then return { 'ok', 0 } end
  if places.isDrained(job) then
    ends.cancel(job, failures.drained(job))
    return invalid(job)
  end
  local isInLine = job.place == PLACE.line or job.place == PLACE.returned
  if isInLine then places.displace(job) end
  job.priority = priority
  jobs.touch(job)
  if isInLine then places.enlist(job) end
  return { 'ok', 1 }
end

local function remove(job)
  if not jobs.hasEnded(job) then return invalid(job) end
  retention.forget(job)
  return { 'ok', 1 }
end

-- A job that waits for the outcome of its forward has its life behind it.
local function isWaiting(job)
  return job.state == STATE.deferred and not (job.rare and job.rare.forward)
end

local function add(job, found, search)
  local before = edges.unmet(job)
  local failure = edges.link(job, found)
  if failure then
    ends.fail(job, failure, 'dependency-failed')
    return { 'ok', 1 }
  end
  cycles.later(search, job)
  return { 'ok', edges.unmet(job) - before }
end

-- Let a deferred job wait for more: edges { on, onError }.
local function depend(job, wanted)
  if not isWaiting(job) then return invalid(job) end
  local found, targets = {}, {}
  for at, edge in ipairs(wanted) do
    local target = jobs.get(edge[1])
    found[at] = { EDGE.order, edge[2], target }
    targets[at] = target
  end
  local search = cycles.search(job, targets)
  if search == 'found' then return { 'dependency-cycle' } end
  return add(job, found, search)
end

-- Let a deferred job not wait for something any more: ids, or 'all'.
local function undepend(job, on)
  if not isWaiting(job) then return invalid(job) end
  local named = {}
  for _, id in ipairs(type(on) == 'table' and on or {}) do named[id] = true end
  local count = 0
  for at = edges.unmet(job), 1, -1 do
    local edge = job.rare.edges[at]
    if edge[2] == EDGE.order and (on == 'all' or named[edge[3]]) then
      edges.drop(job, at)
      count = count + 1
    end
  end
  if count > 0 and edges.unmet(job) == 0 then
    places.displace(job)
    history.note(job, 'released')
    places.makeReady(job)
  end
  return { 'ok', count }
end

local ON_JOB = {
  ['expire-lease'] = expireLease, priority = changePriority, remove = remove, depend = depend, undepend = undepend
}

function orders.carryOut(command)
  if command[1] == 'cancel' then return cancels.all(command[2], command[3], command[4]) end
  if command[1] == 'drain' then return { 'ok', drains.begin(command[2]) } end
  local job = jobs.get(command[2])
  if not job then return { 'no-such-job', command[2] } end
  return ON_JOB[command[1]](job, command[3])
end
