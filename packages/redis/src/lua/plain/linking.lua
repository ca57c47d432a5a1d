-- Edges of plain jobs: to jobs of the same call, to others that wait or run, and to those that succeeded with a small
-- result. Made when an edge comes: given the table to fill, which says where new records stand (`stored`). See
-- `edges.lua`.
local VALUE = 1
local LAST_LIVE, SUCCEEDED = 4, 5
local MOST_IN_BAG = 16
local MOST_COPIED = 128

-- Jobs that edges go to, by id; and those of them that have a new one.
local targets, changed = {}, {}

-- A job that was there, or came with this call before.
local function targetOf(id)
  if targets[id] then return targets[id] end
  local at = linking.stored[id]
  local raw = at and set[at] or raws[id]
  local target = raw and partsOf(raw)
  if not target or not target.rare then return nil end
  target.id, target.state = id, string.byte(target.front)
  targets[id] = target
  return target
end

-- Let a job hear of the end of another; answers whether that was plain.
local function attach(target, id, number)
  local bag = target.rare.deps or { count = 0, inline = {}, chunks = {} }
  if #bag.chunks > 0 or #bag.inline >= MOST_IN_BAG then return false end
  bag.count = bag.count + 1
  bag.inline[#bag.inline + 1] = { id, number }
  target.rare.deps = bag
  if not target.isChanged then changed[#changed + 1] = target end
  target.isChanged = true
  return true
end

-- The result of a job that has succeeded; nil if it is not small, or not there any more.
local function resultOf(target)
  local result = target.result
  local isSmall = #result > 0 and #result <= MOST_COPIED + 1 and string.byte(result) >= 97
  return isSmall and struct.unpack('>d', target.middle, 67) > now and result or nil
end

-- Give a job an edge to another; answers whether that was plain.
local function link(job, target, kind, onError)
  if kind == VALUE then
    if target.rare.ignoreResult then return false end
    job.args[#job.args + 1] = target.state == SUCCEEDED and resultOf(target) or false
  end
  if target.state == SUCCEEDED then return kind ~= VALUE or job.args[#job.args] ~= false end
  if target.state > LAST_LIVE then return false end
  count = count + 1
  local hole = kind == VALUE and #job.args - 1 or -1
  job.edges[#job.edges + 1] = { count, kind, target.id, onError, hole, 0 }
  return attach(target, job.id, count)
end

-- What the job that begins at some place among the asked has besides, its edges included: false if there is nothing,
-- nil if that is not plain.
function linking.rareOf(asked, at)
  local more = asked[at + 5]
  local job = { id = asked[at], edges = {}, args = {} }
  for _, edge in ipairs(more[1]) do
    local on = edge[2]
    if type(on) == 'number' then on = on * 6 + 1 < at and asked[on * 6 + 1] end
    local target = on and on ~= job.id and targetOf(on)
    if not target or not link(job, target, edge[1], edge[3]) then return nil end
  end
  local rare = {}
  for name, value in pairs(more[8] or {}) do rare[name] = value end
  if #job.edges > 0 then rare.edges = job.edges end
  if #job.args > 0 then rare.args = job.args end
  return next(rare) ~= nil and rare
end

-- Write the jobs that others wait for from now on.
function linking.finish()
  for _, target in ipairs(changed) do
    local at = linking.stored[target.id]
    if not at then
      written = written + 2
      at = written
    end
    set[at - 1] = target.id
    set[at] = joined(target)
  end
end
