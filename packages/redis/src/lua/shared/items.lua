-- Jobs to store, as they come: { id, task, queue, input, flags, edges, priority, delay, runAt, onDuplicate, parent id,
-- parent token, rare }; false where there is none. `rare` is as it stands in a record. Flags: 1 reply, 2 reuse an ended id.
local ADOPT = { 'duplicate' }

function items.parse(raw)
  return {
    id = raw[1], task = raw[2], queue = raw[3], input = raw[4], reply = raw[5] % 2 == 1, reuses = raw[5] >= 2,
    edges = raw[6] or nil, priority = raw[7] or nil, delay = raw[8] or nil, runAt = raw[9] or nil,
    onDuplicate = raw[10] or 'reject', parent = raw[11] or nil, token = raw[12] or nil, options = raw[13] or nil
  }
end

-- The part of a record that few jobs have, or nil.
function items.rare(item)
  return item.options
end

-- What an item and its edges name, to be read in one command.
function items.fields(raws, fields)
  for _, raw in ipairs(raws) do
    fields[#fields + 1] = 'j' .. raw[1]
    fields[#fields + 1] = 'q' .. raw[3]
    if raw[11] then fields[#fields + 1] = 'j' .. raw[11] end
    for _, edge in ipairs(raw[6] or {}) do
      if type(edge[2]) == 'string' then fields[#fields + 1] = 'j' .. edge[2] end
    end
  end
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
    job.runAt = space.now + item.delay
  end
  local failure = #found > 0 and edges.link(job, found)
  if failure then return ends.fail(job, failure, 'dependency-failed') end
  if edges.unmet(job) > 0 then places.defer(job) else places.makeReady(job) end
end

local function add(item, found)
  local job = {
    id = item.id, state = STATE.enqueued, task = item.task, queue = item.queue, input = blobs.keep(item.input),
    createdAt = space.now, place = PLACE.nowhere, position = 0, drains = 0, reply = false, priority = item.priority or 0,
    series = 1, runAt = 0, rare = items.rare(item) or false, attempt = 0, failures = 0, crashes = 0, token = 0,
    claimedAt = 0, endedAt = 0, owner = false, lastOwner = false, slot = 0, ahead = false, isDecided = false,
    claim = false, result = false, resultUntil = 0
  }
  jobs.touch(job)
  queues.count(job, 1)
  start(job, item, found)
  return job
end

local function targetsOf(found)
  local targets = {}
  for at, each in ipairs(found) do targets[at] = each[3] or false end
  return targets
end

-- Begin a new series of an id that is taken; nil if its new edges close a cycle, which is seen before anything is changed.
local function restart(job, item, found)
  local search = job.rare and job.rare.deps and cycles.search(job, targetsOf(found))
  if search == 'found' then return nil end
  if item.reuses and jobs.hasEnded(job) then
    series.reuse(job, item)
  else
    for _, kept in ipairs(series.replace(job, item)) do found[#found + 1] = kept end
  end
  start(job, item, found)
  cycles.later(search, job)
  return job
end

-- Store one item. Answers the job that has its id now, if it is one to go on with, and the answer: nil for `ok`.
function items.store(item, siblings)
  local parent = item.parent and jobs.get(item.parent)
  if item.parent and not (parent and jobs.isClaimedWith(parent, item.token)) then
    return nil, { 'lease-lost', item.parent }
  end
  local existing = jobs.get(item.id)
  local reuses = existing and item.reuses and jobs.hasEnded(existing)
  if existing and not reuses and item.onDuplicate ~= 'replace' then return adopt(existing, item) end
  local found, refusal = edges.lookUp(item.id, item.edges or {}, siblings)
  if not found then return nil, refusal end
  if not existing then return add(item, found) end
  local job = restart(existing, item, found)
  if not job then return nil, { 'dependency-cycle', item.id } end
  return job
end
