-- The life of an id starts over.

-- What the last series had goes.
local function begin(job, item)
  lib.history.writeOut(job)
  lib.sessions.seize(job)
  lib.retention.unretain(job)
  lib.places.displace(job)
  lib.values.drop(job)
  lib.values.dropArguments(job)
  lib.edges.dropAll(job)
  lib.queues.setState(job, STATE.enqueued)
  if job.queue ~= item.queue then
    lib.queues.count(job, -1)
    job.queue = item.queue
    lib.queues.count(job, 1)
  end
  lib.blobs.free(job.input)
  if job.rare.output then lib.blobs.free(job.rare.output) end
  lib.journals.forget(job)
  job.task = item.task
  job.input = lib.blobs.keep(item.input)
  job.series = job.series + 1
  job.isDecided = false
  job.attempt, job.failures, job.crashes = 0, 0, 0
  job.createdAt = lib.space.now
  job.claimedAt, job.endedAt, job.runAt, job.resultUntil = 0, 0, 0, 0
  job.place = PLACE.nowhere
  lib.jobs.touch(job)
end

-- The old job has ended, and leaves nothing but the jobs that wait for its id.
function series.reuse(job, item)
  begin(job, item)
  job.priority = item.priority or 0
  local rare = lib.items.rare(item) or {}
  rare.deps = job.rare.deps
  job.rare = next(rare) and rare or false
end

local function unmetOrder(job)
  local found = {}
  for _, edge in ipairs(job.rare and job.rare.edges or {}) do
    if edge[2] == EDGE.order then found[#found + 1] = { EDGE.order, edge[4], lib.jobs.get(edge[3]) } end
  end
  return found
end

local function hasOrder(item)
  for _, edge in ipairs(item.edges) do
    if edge[1] == EDGE.order then return true end
  end
  return false
end

-- What the new job says of its runs { timeoutMs, retries, … }, with the old one's retries if it does not say how many.
local function withRetries(run, old)
  if run and run.retries or not old or not old.retries then return run end
  local kept = { retries = old.retries }
  for name, value in pairs(run or {}) do kept[name] = value end
  return kept
end

-- The new job stands in the old one's place, and keeps what is not given anew. Answers the edges kept.
function series.replace(job, item)
  local kept = hasOrder(item) and {} or unmetOrder(job)
  begin(job, item)
  job.priority = item.priority or job.priority
  local old = job.rare
  local rare = lib.items.rare(item) or {}
  rare.deps = old.deps
  rare.watchers = old.watchers
  rare.followers = old.followers
  rare.history = old.history
  rare.run = withRetries(rare.run, old.run)
  rare.tags = rare.tags or old.tags
  rare.meta = rare.meta or old.meta
  job.rare = rare
  lib.history.note(job, 'replaced')
  return kept
end
