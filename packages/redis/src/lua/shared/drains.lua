-- Cancels the jobs of a queue that were placed before it was drained.

-- Let all that waits in a queue be canceled, in steps; none of it is handed out from now on. Answers how many that is.
function drains.begin(name)
  local queue = lib.queues.find(name)
  if not queue then return 0 end
  local count = queue.counts[STATE.deferred] + queue.counts[STATE.scheduled] + queue.counts[STATE.enqueued]
  if count == 0 then return 0 end
  queue.drains = lib.space.count()
  lib.queues.touch(queue)
  lib.work.add({ kind = 'drain', queue = name })
  return count
end

local function endDrained(job)
  lib.ends.cancel(job, lib.failures.drained(job))
end

-- What stands in a sorted set; answers how many were ended.
local function endMembers(key, place, budget)
  local steps = 0
  local ids = lib.effects.members(key, budget)
  lib.jobs.prefetch(ids)
  for _, id in ipairs(ids) do
    local job = lib.jobs.get(id)
    if job and job.place == place and lib.places.isDrained(job) then
      endDrained(job)
      steps = steps + 1
    elseif place == PLACE.parked then
      return steps
    end
  end
  return steps
end

-- What was placed before the drain stands before the rest: if the first was not, none was.
local function endWaiting(queue, line, budget)
  local entries, ids = {}, {}
  while #entries < budget do
    local position, id = lib.lines.next(queue, line, budget)
    if not position then break end
    entries[#entries + 1] = { position, id }
    ids[#ids + 1] = id
  end
  lib.jobs.prefetch(ids)
  local steps = 0
  for at, entry in ipairs(entries) do
    local job = lib.jobs.get(entry[2])
    local stands = job and job.place == PLACE.line and job.position == entry[1]
    if stands and not lib.places.isDrained(job) then
      lib.lines.putBack(line, { unpack(entries, at) })
      return steps, true
    end
    if stands then
      lib.places.take(job)
      endDrained(job)
      steps = steps + 1
    else
      line.stale = line.stale - 1
    end
  end
  return steps, #entries < budget
end

local function endLine(queue, line, budget)
  local steps = 0
  if line.returned > 0 then steps = endMembers(lib.lines.returnedKey(queue, line), PLACE.returned, budget) end
  local isOver = false
  while steps < budget and not isOver do
    local done
    done, isOver = endWaiting(queue, line, budget - steps)
    steps = steps + done
  end
  return steps
end

-- Do at most `budget` steps; answers how many.
function drains.run(item, budget)
  local queue = lib.queues.find(item.queue)
  if not queue then return 0 end
  lib.queues.touch(queue)
  local steps = endMembers(root .. ':parked:' .. item.queue, PLACE.parked, budget)
  for _, line in ipairs(lib.queues.allLines(queue)) do
    if steps >= budget then return budget end
    steps = steps + endLine(queue, line, budget - steps)
  end
  return steps
end
