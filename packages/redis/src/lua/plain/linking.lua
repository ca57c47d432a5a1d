-- Edges of plain jobs: to jobs of the same call, to others that wait or run, and to those that succeeded with a small
-- result. Made when an edge comes: given the table to fill, which says where new records stand (`stored`). See
-- `edges.lua`.
local VALUE = 1
local WAITING, RUNNING, SUCCEEDED = 3, 4, 5
local MOST_IN_BAG = 16
local MOST_BYTES = 65535
local MOST_COPIED = 128

-- Jobs that edges go to, by the places of their records among those of this call, or by their ids; and those of them
-- that have a new one.
local targets, changed = {}, {}

-- How many entries are in a bag.
local function countOf(bag)
  local found, at = 0, 1
  while at <= #bag do
    found, at = found + 1, at + (byteOf(bag, at + 6) == UUID and 23 or 9 + ofBytes('>I2', bag, at + 7))
  end
  return found
end

-- A job that has a short record, if others wait for it and it runs or not; nil for others.
local function shortOf(raw)
  local from, state, bag, at = 1, WAITING, '', nil
  if byteOf(raw) == 4 then
    local _, _, _, _, _, _, _, after = ofBytes('>BI4I4I6I4I7Bc0', raw, 2)
    from, state = after, RUNNING
  end
  local form = byteOf(raw, from)
  if form == AWAITED then bag, at = ofBytes('>I2c0', raw, from + 1) end
  if form ~= 1 and form ~= AWAITED then return nil end
  return {
    state = state, bag = bag, count = countOf(bag), before = cut(raw, 1, from - 1), short = cut(raw, at or from)
  }
end

-- The same of one that has not.
local function longParts(raw)
  local target = partsOf(raw)
  if not target.rare then return nil end
  local bag = target.rare.deps or ''
  target.state = byteOf(target.front)
  if type(bag) == 'string' then target.bag, target.count = bag, countOf(bag) end
  return target
end

-- A job that was there, or came with this call before, and has its record at this place.
local function targetOf(id, at)
  local key = at or id
  local target = targets[key]
  if target then return target end
  local raw = at and set[at] or raws[id]
  target = raw and (shortOf(raw) or longParts(raw))
  if not target then return nil end
  target.id, target.at, targets[key] = id, at, target
  return target
end

-- Let a job hear of the end of another; answers whether that was plain.
local function attach(target, id, number)
  local bag = target.bag
  if not bag or target.count >= MOST_IN_BAG then return false end
  bag = bag .. toBytes('>I6', number) .. id
  target.bag, target.count = bag, target.count + 1
  if not target.isChanged then changed[#changed + 1] = target end
  target.isChanged = true
  return #bag <= MOST_BYTES
end

-- The result of a job that has succeeded; nil if it is not small, or not there any more.
local function resultOf(target)
  local result = target.result
  local isSmall = #result > 0 and #result <= MOST_COPIED + 1 and byteOf(result) >= 97
  return isSmall and ofBytes('>d', target.middle, 67) > now and result or nil
end

-- Give a job an edge to another; answers whether that was plain.
local function link(edges, args, id, target, kind, onError)
  local state = target.state
  if kind == VALUE then
    if target.rare and target.rare.ignoreResult then return false end
    args[#args + 1] = state == SUCCEEDED and resultOf(target) or false
  end
  if state == SUCCEEDED then return kind ~= VALUE or args[#args] ~= false end
  if state > RUNNING then return false end
  count = count + 1
  local at = #edges
  edges[at + 1] = toBytes('>I6I6BBI4', count, 0, kind, onError, kind == VALUE and #args or 0)
  edges[at + 2] = target.id
  return attach(target, id, count)
end

-- What the job that begins at some place among the asked has besides, its edges included: false if there is nothing,
-- nil if that is not plain.
function linking.rareOf(asked, at)
  local more, id = asked[at + 5], asked[at]
  local edges, args, rare = {}, {}, {}
  for _, edge in ipairs(more[1]) do
    local on, place = edge[2], nil
    if type(on) == 'number' then
      if on * 6 + 1 >= at then return nil end
      on, place = asked[on * 6 + 1], on * 2 + 4
    else
      place = linking.stored[on]
    end
    local target = on ~= id and targetOf(on, place)
    if not target or not link(edges, args, id, target, edge[1], edge[3]) then return nil end
  end
  for name, value in pairs(more[8] or {}) do rare[name] = value end
  if #edges > 0 then rare.edges = table.concat(edges) end
  if #args > 0 then rare.args = args end
  return next(rare) ~= nil and rare
end

-- Write the jobs that others wait for from now on.
function linking.finish()
  for _, target in ipairs(changed) do
    local at, bag = target.at, target.bag
    if not at then
      written = written + 2
      at = written
    end
    set[at - 1] = target.id
    if target.short then
      set[at] = target.before .. toBytes('>BI2', AWAITED, #bag) .. bag .. target.short
    else
      target.rare.deps = bag
      set[at] = joined(target)
    end
  end
end
