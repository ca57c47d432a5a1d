-- What a job waits for. An edge: { number, kind, on, onError, hole, chunk }, in the dependent's record; its number is
-- in the bag of the job that it is on. A met or dropped edge is not there any more: entries that still name it mean
-- nothing.
-- As they follow each other in a string: number, chunk, kind, what it does on errors, hole counted from 1; then the id.
local EDGES = '>I6I6BBI4'

function edges.parse(text)
  local found, at = {}, 1
  while at <= #text do
    local number, chunk, kind, onError, hole, idAt = struct.unpack(EDGES, text, at)
    local id, after = lib.jobs.idAt(text, idAt)
    found[#found + 1], at = { number, kind, id, onError, hole - 1, chunk }, after
  end
  return found
end

function edges.pack(list)
  local parts = {}
  for at, edge in ipairs(list) do
    parts[at] = struct.pack(EDGES, edge[1], edge[6], edge[2], edge[4], edge[5] + 1) .. edge[3]
  end
  return table.concat(parts)
end

-- Let a job hear when the other one ends.
function edges.attach(edge, dependent, target)
  local rare = lib.jobs.rare(target)
  rare.deps = rare.deps or lib.bags.make()
  edge[6] = lib.bags.add(rare.deps, dependent.id, edge[1])
  lib.jobs.touch(dependent)
end

local function detach(edge)
  local target = lib.jobs.get(edge[3])
  local bag = target and target.rare and target.rare.deps
  if not bag or not lib.bags.remove(bag, edge[6], edge[1]) then return end
  if bag.count == 0 then target.rare.deps = nil end
  lib.jobs.touch(target)
end

-- The edge of a number that a job has, and its place; nil if it has it no more.
function edges.find(job, number)
  local rare = job.rare
  if not rare then return nil end
  if rare.forward and rare.forward[1] == number then return rare.forward end
  for at, edge in ipairs(rare.edges or {}) do
    if edge[1] == number then return edge, at end
  end
  return nil
end

-- An edge is met, or counts no more.
function edges.remove(job, at)
  table.remove(job.rare.edges, at)
  if #job.rare.edges == 0 then job.rare.edges = nil end
  lib.jobs.touch(job)
end

-- The job does not wait for this any more.
function edges.drop(job, at)
  detach(job.rare.edges[at])
  edges.remove(job, at)
end

-- The job waits for nothing any more. A forward is remembered, though it is over.
function edges.dropAll(job)
  local rare = job.rare
  if not rare then return end
  for _, edge in ipairs(rare.edges or {}) do detach(edge) end
  rare.edges = nil
  if rare.forward then detach(rare.forward) end
  lib.jobs.touch(job)
end

function edges.unmet(job)
  return job.rare and job.rare.edges and #job.rare.edges or 0
end

-- Why a job's result cannot be an argument.
local function valueRefusal(on, target)
  if not target then return { 'no-such-job', on } end
  if target.rare and target.rare.ignoreResult then return { 'result-ignored', target.id } end
  if target.state == STATE.success and not lib.values.isThere(target) then return { 'task-expired', target.id } end
end

-- Look up what the edges of a new job name, each { kind, on, onError }: `on` is an id, or the index of a sibling.
-- Answers what was found, or nil and the first refusal. Changes nothing.
function edges.lookUp(id, wanted, siblings)
  local found = {}
  for _, edge in ipairs(wanted) do
    local on = edge[2]
    local isSibling = type(on) == 'number'
    if on == id then return nil, { 'dependency-cycle', id } end
    local target
    if isSibling then target = siblings[on + 1] else target = lib.jobs.get(on) end
    if isSibling and not target then return nil, { 'dependency', on } end
    if target and target.id == id then return nil, { 'dependency-cycle', id } end
    local refusal = edge[1] == EDGE.value and valueRefusal(on, target)
    if refusal then return nil, refusal end
    found[#found + 1] = { edge[1], edge[3], target }
  end
  return found
end

-- The edge waits.
local function waitFor(job, kind, onError, hole, target)
  local rare = lib.jobs.rare(job)
  rare.edges = rare.edges or {}
  local edge = { lib.space.count(), kind, target.id, onError, hole, 0 }
  rare.edges[#rare.edges + 1] = edge
  edges.attach(edge, job, target)
end

-- Answers the failure with which the job fails at once.
local function link(job, kind, onError, hole, target)
  if target.state == STATE.success then
    local value = kind == EDGE.value and lib.values.lend(target)
    if value then lib.values.fill(job, hole, lib.values.argument(value)) end
    return nil
  end
  local failure = lib.jobs.hasEnded(target) and target.rare and target.rare.failure
  if failure and onError == ON_ERROR.fail then return failure end
  if failure and onError == ON_ERROR.pass then
    if kind == EDGE.value then lib.values.fill(job, hole, { 2, failure }) end
    return nil
  end
  waitFor(job, kind, onError, hole, target)
end

-- Give a job its edges, each { kind, onError, target }: those to jobs that have ended are met or decide it, the others
-- wait. Answers the failure that it has from a job that has failed, if it fails with it.
function edges.link(job, found)
  local failure
  local holes = 0
  for _, each in ipairs(found) do
    local kind, onError, target = each[1], each[2], each[3]
    local hole = -1
    if kind == EDGE.value then
      hole = holes
      holes = holes + 1
    end
    if target then
      if kind == EDGE.value then
        local rare = lib.jobs.rare(job)
        rare.args = rare.args or {}
        rare.args[hole + 1] = false
      end
      local decided = not failure and link(job, kind, onError, hole, target)
      failure = failure or decided or nil
    end
  end
  return failure
end
