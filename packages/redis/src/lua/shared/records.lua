-- All that is known of a job, as others see it.
local MOST_NAMED = 25

local function dependentsOf(job)
  local bag = job.rare and job.rare.deps
  local ids, seen = {}, {}
  if not bag then return ids, 0 end
  for _, entry in ipairs(lib.bags.peek(bag, MOST_NAMED * 4)) do
    local dependent = lib.jobs.get(entry[1])
    local edge = dependent and lib.edges.find(dependent, entry[2])
    if edge and edge[2] ~= EDGE.forward and not seen[entry[1]] and #ids < MOST_NAMED then
      seen[entry[1]] = true
      ids[#ids + 1] = entry[1]
    end
  end
  return ids, bag.count
end

local function unmetOf(job)
  local found = {}
  for at, edge in ipairs(job.rare and job.rare.edges or {}) do found[at] = { edge[2], edge[3], edge[4] } end
  return found
end

function records.of(job)
  local rare = job.rare or {}
  local ids, count = dependentsOf(job)
  return {
    job.id, job.task, job.queue, job.state, job.priority, job.series, job.attempt, job.failures, job.crashes,
    lib.blobs.read(job.input), job.createdAt, job.runAt, job.claimedAt, job.endedAt, job.owner, job.token,
    lib.values.isThere(job) and job.resultUntil or false, unmetOf(job), ids, count, lib.history.of(job), rare.forward and rare.forward[3] or false,
    rare.canceling and rare.canceling[1] or false, rare.run or false, rare.maxCrashes or false, rare.resultTtl or false,
    rare.ignoreResult or false, rare.tags or false, rare.meta or false, rare.parent or false, rare.progress or false,
    rare.output and lib.blobs.read(rare.output) or false, rare.kind or false, rare.failure or false
  }
end
