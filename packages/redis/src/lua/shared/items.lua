-- Jobs to store, as they come, six values for each: id, task, queue, input, flags (1 reply, 2 reuse an ended id), and
-- what most have not, or false: { edges, priority, delay, runAt, onDuplicate, parent id, parent token, rare }; false
-- for what is not given. `rare` is as it stands in a record. Edges are two values each: what it does on errors, four
-- times its kind added, and an id or the index of a sibling.
local WIDTH = 6
local NOTHING = {}
local ADOPT = { 'duplicate' }

-- Edges as { kind, on, onError }.
local function edgesOf(flat)
  local found = {}
  for at = 1, #flat, 2 do
    local how = flat[at]
    found[#found + 1] = { math.floor(how / 4), flat[at + 1], how % 4 }
  end
  return found
end

function items.parse(raws, from)
  local more = raws[from + 5] or NOTHING
  return {
    id = raws[from], task = raws[from + 1], queue = raws[from + 2], input = raws[from + 3],
    reply = raws[from + 4] % 2 == 1, reuses = raws[from + 4] >= 2, edges = more[1] and edgesOf(more[1]) or NOTHING,
    priority = more[2] or nil, delay = more[3] or nil, runAt = more[4] or nil, onDuplicate = more[5] or 'reject',
    parent = more[6] or nil, token = more[7] or nil, options = more[8] or nil
  }
end

-- The part of a record that few jobs have, or nil.
function items.rare(item)
  return item.options
end

local function nameOthers(more, fields)
  if more[6] then fields[#fields + 1] = more[6] end
  local edges = more[1] or NOTHING
  for at = 2, #edges, 2 do
    if type(edges[at]) == 'string' then fields[#fields + 1] = edges[at] end
  end
end

-- What items and their edges name, to be read in one command. Answers how many items there are.
function items.name(raws, fields)
  local last
  for from = 1, #raws, WIDTH do
    fields[#fields + 1] = raws[from]
    if raws[from + 2] ~= last then
      last = raws[from + 2]
      fields[#fields + 1] = 'q' .. last
    end
    if raws[from + 5] then nameOthers(raws[from + 5], fields) end
  end
  return #raws / WIDTH
end

local function adopt(existing, item)
  if item.onDuplicate == 'return' and existing.task == item.task then return existing, 'existing' end
  return nil, ADOPT
end

-- Give a new job its edges, and the state that follows from them.
local function start(job, item, found)
  if item.runAt then
    job.runAt = item.runAt
  elseif item.delay and item.delay > 0 then
    job.runAt = lib.space.now + item.delay
  end
  local failure = #found > 0 and lib.edges.link(job, found)
  if failure then return lib.ends.fail(job, failure, 'dependency-failed') end
  if #found > 0 and lib.edges.unmet(job) > 0 then lib.places.defer(job) else lib.places.makeReady(job) end
end

local function add(item, found)
  local job = lib.jobs.make({
    id = item.id, state = STATE.enqueued, task = item.task, queue = item.queue, input = lib.blobs.keep(item.input),
    createdAt = lib.space.now, place = PLACE.nowhere, position = 0, drains = 0, reply = false
  })
  if item.priority then job.priority = item.priority end
  if item.options then job.rare = item.options end
  lib.queues.count(job, 1)
  start(job, item, found)
  return job
end

local function targetsOf(found)
  local targets = {}
  for at, each in ipairs(found) do targets[at] = each[3] or false end
  return targets
end

-- Begin a new series of an id that is taken; nil if its new edges close a cycle, which is seen before anything is
-- changed.
local function restart(job, item, found)
  local search = job.rare and job.rare.deps and lib.cycles.search(job, targetsOf(found))
  if search == 'found' then return nil end
  if item.reuses and lib.jobs.hasEnded(job) then
    lib.series.reuse(job, item)
  else
    for _, kept in ipairs(lib.series.replace(job, item)) do found[#found + 1] = kept end
  end
  start(job, item, found)
  lib.cycles.later(search, job)
  return job
end

-- Store one item. Answers the job that has its id now, if it is one to go on with, and the answer: nil for `ok`.
function items.store(item, siblings)
  local parent = item.parent and lib.jobs.get(item.parent)
  if item.parent and not (parent and lib.jobs.isClaimedWith(parent, item.token)) then
    return nil, { 'lease-lost', item.parent }
  end
  local existing = lib.jobs.get(item.id)
  local reuses = existing and item.reuses and lib.jobs.hasEnded(existing)
  if existing and not reuses and item.onDuplicate ~= 'replace' then return adopt(existing, item) end
  local found, refusal = NOTHING, nil
  if item.edges ~= NOTHING or existing then found, refusal = lib.edges.lookUp(item.id, item.edges, siblings) end
  if not found then return nil, refusal end
  if not existing then return add(item, found) end
  local job = restart(existing, item, found)
  if not job then return nil, { 'dependency-cycle', item.id } end
  return job
end
