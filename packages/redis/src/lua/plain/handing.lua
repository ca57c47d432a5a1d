-- The ends of plain jobs, handed to the jobs that wait for them. Made when there is one: given the table to fill. See
-- `releases.lua`.
local MOST_STEPS = 256
local MOST_HISTORY = 100
local VALUE = 1

-- Jobs that wait, by id: false for one that does not any more; those that have changed, and what leaves a sorted set.
local waiting, changed, left = {}, {}, {}

-- Read the dependents of jobs that have ended; answers whether there are not too many.
local function prefetch(ended)
  local fields, named = {}, {}
  local steps = 0
  for _, each in ipairs(ended) do
    for _, entry in ipairs(each.entries) do
      local field = entry[1]
      steps = steps + 1
      if raws[field] == nil and not named[field] then fields[#fields + 1] = field end
      named[field] = true
    end
  end
  if steps > MOST_STEPS then return false end
  if #fields > 0 then fetch(fields) end
  return true
end

local function waitingOf(id)
  local job = waiting[id]
  if job ~= nil then return job end
  local raw = raws[id]
  local form, state = string.byte(raw or '', 1, 2)
  job = state == DEFERRED and (form == 2 or form == 3) and partsOf(raw) or false
  if job then
    local _, name = struct.unpack(job.form == '\3' and '>Bc0Bc0' or '>I2c0I2c0', job.body)
    job.id, job.queue = id, find(name == '' and job.form == '\3' and USUAL or name)
  end
  waiting[id] = job
  return job
end

local function noteReleased(rare)
  local history = rare.history
  if not history then
    rare.released = now
  elseif #history < MOST_HISTORY then
    history[#history + 1] = { 'released', now, false }
  else
    return false
  end
  return true
end

-- Put a job that waits for no other one any more at the tail of its line; answers whether that was plain.
local function makeReady(job)
  local queue = job.queue
  local line = lineOf(queue, (struct.unpack('>i4', job.middle)))
  if not line or struct.unpack('>d', job.middle, 9) > now or not noteReleased(job.rare) then return false end
  namespace[COUNT] = namespace[COUNT] + 1
  local position = struct.pack('>I6', namespace[COUNT])
  job.front = '\3\1' .. position .. position
  left[queue] = left[queue] or { 'ZREM', root .. ':parked:' .. queue.name }
  left[queue][#left[queue] + 1] = job.id
  queue.counts[DEFERRED] = queue.counts[DEFERRED] - 1
  enlist(queue, line, job.id, position)
  return true
end

local function edgeOf(rare, number)
  for at, edge in ipairs(rare.edges or {}) do
    if edge[1] == number then return edge, at end
  end
end

-- Whether nothing about a job is special that waits for others.
local function isPlain(job)
  if not job.rare or job.rare.forward or not job.queue then return false end
  return struct.unpack('>I6', job.front, 9) >= job.queue.drains
end

-- Hand the end of a job to one that waits for it; answers whether that was plain.
local function hand(each, entry)
  local job = waitingOf(entry[1])
  if not job then return true end
  if not isPlain(job) then return false end
  local rare = job.rare
  local edge, at = edgeOf(rare, entry[2])
  if not edge or edge[3] ~= each.id then return true end
  if not job.isChanged then changed[#changed + 1] = job end
  job.isChanged = true
  table.remove(rare.edges, at)
  if edge[2] == VALUE then rare.args[edge[5] + 1] = each.value end
  if #rare.edges > 0 then return true end
  rare.edges = nil
  waiting[job.id] = false
  return makeReady(job)
end

-- Hand the ends of jobs on; answers whether that was plain.
function handing.over(ended)
  if not prefetch(ended) then return false end
  for _, each in ipairs(ended) do
    for _, entry in ipairs(each.entries) do
      if not hand(each, entry) then return false end
    end
  end
  for _, job in ipairs(changed) do
    local field = job.id
    set[#set + 1] = field
    set[#set + 1] = joined(job)
    renewed[field] = #set
  end
  for _, command in pairs(left) do removals[#removals + 1] = command end
  return true
end
