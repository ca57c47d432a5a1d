-- Jobs that are ended by somebody.
local MOST_NAMED = 25

-- Orders of this script to cancel the dependents of jobs that run.
local running = {}

local function dependentsOutside(job, named)
  local outside = {}
  local bag = job.rare and job.rare.deps
  if not bag then return outside end
  local most = MOST_NAMED + bag.count
  lib.bags.prefetch(bag, most)
  for _, entry in ipairs(lib.bags.peek(bag, most)) do
    local dependent = lib.jobs.get(entry[1])
    local edge = dependent and lib.edges.find(dependent, entry[2])
    if edge and edge[2] ~= EDGE.forward and not named[entry[1]] then outside[#outside + 1] = entry[1] end
    if #outside == MOST_NAMED then return outside end
  end
  return outside
end

local function refusalOf(ids)
  local named = {}
  for _, id in ipairs(ids) do named[id] = true end
  for _, id in ipairs(ids) do
    local job = lib.jobs.get(id)
    local dependents = job and not lib.jobs.hasEnded(job) and dependentsOutside(job, named) or {}
    if #dependents > 0 then return { 'has-dependents', id, dependents } end
  end
end

-- Its owner has to stop it first.
local function mark(job, reason, failure)
  local owner = job.owner and lib.sessions.get(job.owner)
  local rare = lib.jobs.rare(job)
  if rare.canceling or not owner then return end
  rare.canceling = { reason, failure }
  owner.canceling = owner.canceling + 1
  lib.sessions.touch(owner)
  lib.effects.tellNotice(owner.id)
end

local function otherDependents(job)
  return job.rare and job.rare.deps and job.rare.deps.count or 0
end

local function endWaiting(job, failure)
  local forward = job.rare and job.rare.forward
  local isForwarding = job.state == STATE.deferred and forward
  lib.ends.cancel(job, failure)
  local target = isForwarding and lib.jobs.get(forward[3])
  if not target or lib.jobs.hasEnded(target) or not target.rare or target.rare.parent ~= job.id then return end
  if otherDependents(target) > 0 then return end
  lib.work.add({ kind = 'forward', id = target.id, series = target.series, reason = lib.failures.reasonOf(failure) })
end

local function cancel(job, reason, cascade)
  if lib.jobs.hasEnded(job) then return end
  local isRunning = job.state == STATE.processing
  local bag = job.rare and job.rare.deps
  if cascade == 'cancel' and bag then
    -- While the job runs, its dependents stay with it; else they go on with the entry.
    local order = { kind = 'cascade', id = job.id, reason = reason, skip = 0, kept = {}, bag = not isRunning and bag }
    if isRunning then running[job.id] = order end
    lib.work.add(order)
  end
  local failure = lib.failures.canceled(job, reason)
  if isRunning then mark(job, reason, failure) else endWaiting(job, failure) end
end

-- End jobs for good, as the command says.
function cancels.all(ids, reason, cascade)
  lib.jobs.prefetch(ids)
  local refusal = cascade == 'refuse' and refusalOf(ids)
  if refusal then return refusal end
  local found = {}
  for at, id in ipairs(ids) do
    local job = lib.jobs.get(id)
    found[at] = job and job.state or 0
  end
  for _, id in ipairs(ids) do
    local job = lib.jobs.get(id)
    if job then cancel(job, reason, cascade) end
  end
  return { 'canceled', found }
end

-- Cancel the job that a canceled one had forwarded to; that may forward on, any number of times.
function cancels.runForward(item)
  if item.isDone then return 0 end
  item.isDone = true
  local target = lib.jobs.get(item.id)
  if target and otherDependents(target) == 0 and target.series == item.series then
    cancel(target, item.reason, 'release')
  end
  return 1
end

-- The dependents of a job are handed on, though those of a running one were to be canceled first.
function cancels.handOver(job, bag)
  local order = running[job.id]
  if order then order.bag = bag end
  running[job.id] = nil
end

-- Dependents of a running job: those that forwarded to it get its own outcome.
local function cancelLive(order, budget)
  local job = lib.jobs.get(order.id)
  local bag = job and job.rare and job.rare.deps
  if not bag then return 0 end
  local most = order.skip + budget
  lib.bags.prefetch(bag, most)
  local entries = lib.bags.peek(bag, most)
  local steps = 0
  for at = order.skip + 1, #entries do
    local dependent = lib.jobs.get(entries[at][1])
    local edge = dependent and lib.edges.find(dependent, entries[at][2])
    steps = steps + 1
    if edge and edge[2] ~= EDGE.forward then
      cancel(dependent, order.reason, 'cancel')
    else
      order.skip = order.skip + 1
    end
  end
  return steps
end

local function cancelNext(order, entry)
  local dependent = lib.jobs.get(entry[1])
  local edge = dependent and lib.edges.find(dependent, entry[2])
  if edge and edge[2] == EDGE.forward then
    order.kept[#order.kept + 1] = entry
  elseif edge then
    cancel(dependent, order.reason, 'cancel')
  end
end

local function finish(order)
  for _, entry in ipairs(order.kept) do lib.bags.add(order.bag, entry[1], entry[2]) end
  order.kept = {}
  if not order.next then return end
  order.next.bag = order.bag
  lib.work.release(order.next)
end

-- Cancel the jobs that depend on a canceled one, and theirs: one step each.
function cancels.runCascade(order, budget)
  if not order.bag then return cancelLive(order, budget) end
  running[order.id] = nil
  lib.bags.prefetch(order.bag, budget)
  for steps = 0, budget - 1 do
    local entry = lib.bags.shift(order.bag)
    if not entry then
      finish(order)
      return steps
    end
    cancelNext(order, entry)
  end
  return budget
end
