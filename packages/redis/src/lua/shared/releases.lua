-- The end of one series of a job, handed to the edges that waited for it: one step each, as part of the work list.
-- An item: { kind = 'release', id, series, state, failure, value, removed, bag }.

-- The end of a job as it is now, for some edges.
local function made(job, bag, value, isRemoved)
  -- The value must outlast its maker's record until the last edge has it.
  if value then lib.values.pin(value) end
  -- Without a value, whoever needs one has it as an expired one.
  local failure = job.rare and job.rare.failure or not value and lib.failures.removed(job) or false
  return {
    kind = 'release', id = job.id, series = job.series, state = job.state, failure = failure, value = value,
    removed = isRemoved, bag = bag
  }
end

-- Hand the end of a job to the jobs that wait for it.
function releases.add(job, value, isRemoved)
  local bag = job.rare and job.rare.deps
  if not bag then return end
  job.rare.deps = nil
  lib.jobs.touch(job)
  lib.cancels.handOver(job, bag)
  lib.work.release(made(job, bag, value, isRemoved))
end

-- An edge of a waiting job is met; with the last one the job is ready.
local function meet(job, edge, at, argument)
  lib.edges.remove(job, at)
  if edge[2] == EDGE.value and argument then lib.values.fill(job, edge[5], argument) end
  if lib.edges.unmet(job) > 0 then return end
  lib.places.displace(job)
  lib.history.noteReleased(job)
  lib.places.makeReady(job)
end

-- Wait for the next series; if that has come and ended meanwhile, it is told there.
local function waitOn(item, source, job, edge)
  if source.series ~= item.series and lib.jobs.hasEnded(source) then
    local bag = lib.bags.make()
    edge[6] = lib.bags.add(bag, job.id, edge[1])
    lib.jobs.touch(job)
    return lib.work.release(made(source, bag, lib.values.lend(source), false))
  end
  lib.edges.attach(edge, job, source)
end

local function handFailure(item, job, edge, at)
  local source = lib.jobs.get(item.id)
  local isGone = item.removed or not source
  if isGone and edge[2] == EDGE.order then return meet(job, edge, at) end
  if not item.failure then return end
  if edge[4] == ON_ERROR.wait and not isGone then return waitOn(item, source, job, edge) end
  if edge[4] == ON_ERROR.pass then return meet(job, edge, at, { 2, item.failure }) end
  lib.ends.fail(job, item.failure, 'dependency-failed')
end

-- The outcome of the job is the forwarder's.
local function handOn(item, job)
  if item.state == STATE.success and item.value then return lib.ends.succeed(job, item.value) end
  if not item.failure then return end
  if item.state == STATE.canceled then lib.ends.cancel(job, item.failure) else lib.ends.fail(job, item.failure) end
end

local function hand(item, entry)
  local job = lib.jobs.get(entry[1])
  if not job or job.state ~= STATE.deferred then return end
  local edge, at = lib.edges.find(job, entry[2])
  if not edge or edge[3] ~= item.id then return end
  if lib.places.isDrained(job) then return lib.ends.cancel(job, lib.failures.drained(job)) end
  if edge[2] == EDGE.forward then return handOn(item, job) end
  if item.state == STATE.success and (item.value or edge[2] == EDGE.order) then
    return meet(job, edge, at, item.value and lib.values.argument(item.value))
  end
  handFailure(item, job, edge, at)
end

-- Do at most `budget` steps; answers how many.
function releases.run(item, budget)
  lib.bags.prefetch(item.bag, budget)
  local steps = 0
  while steps < budget do
    local entry = lib.bags.shift(item.bag)
    if not entry then break end
    steps = steps + 1
    hand(item, entry)
  end
  if steps < budget and item.value then lib.values.unpin(item.value) end
  return steps
end
