-- Whether a job would wait for itself: walks from its new targets down the edges that are not met.
local VISITS = 256

local function openTargets(job, open)
  local rare = job.rare
  if not rare then return end
  if rare.forward then open[#open + 1] = rare.forward[3] end
  for _, edge in ipairs(rare.edges or {}) do open[#open + 1] = edge[3] end
end

-- Visit at most `budget` jobs: whether the start was found, and how many visits are left.
local function visit(search, budget)
  local left = budget
  while left > 0 do
    local id = table.remove(search.open)
    if not id then break end
    if id == search.start then return true, left end
    local job = not search.seen[id] and lib.jobs.get(id)
    if job then
      search.seen[id] = true
      left = left - 1
      openTargets(job, search.open)
    end
  end
  return false, left
end

-- Search from the targets, jobs or false, of a job. Answers 'found', 'none', or a search to go on with.
function cycles.search(job, targets)
  local search = { kind = 'cycle', start = job.id, series = job.series, open = {}, seen = {} }
  for _, target in ipairs(targets) do
    if target then search.open[#search.open + 1] = target.id end
  end
  if visit(search, VISITS) then return 'found' end
  return #search.open == 0 and 'none' or search
end

-- Go on with it later, if it is not over.
function cycles.later(search, job)
  if type(search) ~= 'table' then return end
  search.series = job.series
  lib.work.add(search)
end

local function failureOf(job)
  local forward = job.rare and job.rare.forward
  return forward and lib.failures.forwardCycle(job, forward[3]) or lib.failures.cycle(job)
end

-- A cycle found now fails the job that closed it.
function cycles.run(search, budget)
  local job = lib.jobs.get(search.start)
  if not job or job.series ~= search.series or job.state ~= STATE.deferred then return 0 end
  local found, left = visit(search, budget)
  if found then lib.ends.fail(job, failureOf(job)) end
  if found or #search.open == 0 then return math.min(budget - left, budget - 1) end
  return budget
end
