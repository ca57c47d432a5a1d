-- The ends of plain jobs, handed to the jobs that wait for them. Made when there is one: given the table to fill. See
-- `releases.lua`.
local MOST_STEPS = 256
local MOST_HISTORY = 100
local MOST_COPIED = 128
local VALUE = 1
-- Of an edge: what stands before the id that it is on. See `edges.lua`.
local EDGE_BYTES = 18

-- Jobs that wait, by id: false for one that does not any more; those that have changed, and what leaves a sorted set.
local waiting, changed, left = {}, {}, {}
-- What is handed over, step by step: places among the ended, numbers of edges, dependents.
local sources, numbers, dependents = {}, {}, {}

-- Read the dependents of jobs that have ended; answers whether there are not too many.
local function prefetch(ended)
  local fields, named, steps = {}, {}, 0
  for source = 1, #ended, 3 do
    local bag, at = ended[source + 2], 1
    if #ended[source + 1] > MOST_COPIED + 3 then return false end
    while at <= #bag do
      local size = byteOf(bag, at + 6) == UUID and 17 or 3 + ofBytes('>I2', bag, at + 7)
      local field = cut(bag, at + 6, at + 5 + size)
      steps = steps + 1
      sources[steps], numbers[steps], dependents[steps] = source, cut(bag, at, at + 5), field
      if not named[field] then
        named[field] = true
        if raws[field] == nil then fields[#fields + 1] = field end
      end
      at = at + 6 + size
    end
  end
  if steps > MOST_STEPS then return false end
  if #fields > 0 then fetch(fields) end
  return true
end

-- Arguments in pieces, each with its length before.
local function piecesOf(args)
  local count = #args / 2
  -- Mostly none of them is there yet.
  if count < MOST_STEPS and args == string.rep('\0\0', count) then
    local pieces = { ofBytes(string.rep('c2', count), args) }
    pieces[count + 1] = nil
    return pieces
  end
  local pieces, at = {}, 1
  while at <= #args do
    local after = at + 2 + ofBytes('>I2', args, at)
    pieces[#pieces + 1], at = cut(args, at, after - 1), after
  end
  return pieces
end

-- A job that has a short record; false if it does not wait.
local function shortWaiting(raw)
  local _, edges, args, bagAt = ofBytes(NEEDS, raw)
  if edges == '' then return false end
  local at = bagAt
  if byteOf(raw, at) == AWAITED then at = at + 3 + ofBytes('>I2', raw, at + 1) end
  local position, queue
  if byteOf(raw, at) == 1 then
    local placed, _, namesAt = ofBytes('>I6Bc0', raw, at + 1)
    namesIn(raw, namesAt)
    position, queue = placed, find(namedQueue)
  else
    position, queue = ofBytes('>I4', raw, at + 1), find(USUAL)
  end
  return {
    queue = queue, isPlain = queue and position >= queue.drains, edges = edges, at = 1, args = piecesOf(args),
    released = 0, bag = cut(raw, bagAt, at - 1), short = cut(raw, at), id = false, isChanged = false
  }
end

-- A job that has a long record.
local function longWaiting(raw, form)
  local job = partsOf(raw)
  local _, name = ofBytes(form == 3 and '>Bc0Bc0' or '>I2c0I2c0', job.body)
  local queue, rare = find(name == '' and form == 3 and USUAL or name), job.rare
  local args = rare and rare.args or ''
  -- An argument that is a failure, or a large value, is not plain.
  job.isPlain = rare and not rare.forward and type(args) == 'string' and queue and
    ofBytes('>I6', job.front, 9) >= queue.drains
  if not job.isPlain then return job end
  -- Its edges, the place of the first that is not met, and its arguments.
  job.queue, job.edges, job.at, job.args = queue, rare.edges or '', 1, piecesOf(args)
  return job
end

local function waitingOf(id)
  local raw, job = raws[id], false
  local form, state = byteOf(raw or '', 1, 2)
  if form == NEEDING then
    job = shortWaiting(raw)
  elseif state == DEFERRED and (form == 2 or form == 3) then
    job = longWaiting(raw, form)
  end
  waiting[id] = job
  if job then job.id = id end
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

-- A long record says from now on that its job stands in a line; answers which, nil if that is not plain.
local function releaseLong(job, position)
  local line = lineOf(job.queue.lines, (ofBytes('>i4', job.middle)))
  if not line or ofBytes('>d', job.middle, 9) > now or not noteReleased(job.rare) then return nil end
  job.front = '\3\1' .. position .. position
  return line
end

-- The same of a short one.
local function releaseShort(job, position)
  local short = job.short
  local isBrief = byteOf(short) >= BRIEF
  if isBrief and namespace[COUNT] >= BRIEF_POSITIONS then return nil end
  job.short = cut(short, 1, 1) .. (isBrief and cut(position, 3) or position) .. cut(short, isBrief and 6 or 8)
  job.released = now
  return lineOf(job.queue.lines, 0)
end

-- Put a job that waits for no other one any more at the tail of its line; answers whether that was plain.
local function makeReady(job)
  local queue = job.queue
  namespace[COUNT] = namespace[COUNT] + 1
  local position = struct.pack('>I6', namespace[COUNT])
  local line = (job.short and releaseShort or releaseLong)(job, position)
  if not line then return false end
  left[queue] = left[queue] or { 'ZREM', root .. ':parked:' .. queue.name }
  left[queue][#left[queue] + 1] = job.id
  queue.counts[DEFERRED] = queue.counts[DEFERRED] - 1
  enlist(queue, line, job.id, namespace[COUNT])
  return true
end

-- The place of the edge of a number, and the place behind it; nil if it is not there any more.
local function edgeOf(job, number)
  local edges, at = job.edges, job.at
  while at <= #edges do
    local idAt = at + EDGE_BYTES
    local after = idAt + (byteOf(edges, idAt) == UUID and 17 or 3 + ofBytes('>I2', edges, idAt + 1))
    if cut(edges, at, at + 5) == number then return at, after end
    at = after
  end
end

-- Hand the end of a job to one that waits for it; answers whether that was plain.
local function hand(job, id, number, result)
  if not job then return true end
  if not job.isPlain then return false end
  local edges, at = job.edges, job.at
  local after, of, kind, hole, on
  -- Mostly they are met in their order.
  if at + 34 <= #edges then of, kind, hole, on, after = ofBytes('>c6xxxxxxBxI4c17', edges, at) end
  if of ~= number or on ~= id then
    at, after = edgeOf(job, number)
    if not at or cut(edges, at + EDGE_BYTES, after - 1) ~= id then return true end
    kind, hole = ofBytes('>BxI4', edges, at + 12)
  end
  if not job.isChanged then changed[#changed + 1] = job end
  job.isChanged = true
  if kind == VALUE then job.args[hole] = result end
  if at == job.at then job.at = after else job.edges = cut(edges, 1, at - 1) .. cut(edges, after) end
  if job.at <= #job.edges then return true end
  waiting[job.id] = false
  return makeReady(job)
end

-- The record of a job from now on.
local function recordOf(job)
  local edges, args = cut(job.edges, job.at), table.concat(job.args)
  if job.short then
    local front = struct.pack('>BI6I4', NEEDING, job.released, #edges)
    return front .. edges .. struct.pack('>I4', #args) .. args .. job.bag .. job.short
  end
  job.rare.edges = edges ~= '' and edges or nil
  if job.rare.args then job.rare.args = args end
  return joined(job)
end

-- Hand the ends of jobs on; answers whether that was plain.
function handing.over(ended)
  if not prefetch(ended) then return false end
  for step = 1, #sources do
    local source, job = sources[step], waiting[dependents[step]]
    if job == nil then job = waitingOf(dependents[step]) end
    if not hand(job, ended[source], numbers[step], ended[source + 1]) then return false end
  end
  for _, job in ipairs(changed) do
    local field = job.id
    set[#set + 1], set[#set + 2] = field, recordOf(job)
    renewed[field] = #set
  end
  for _, command in pairs(left) do removals[#removals + 1] = command end
  return true
end
