-- Edges of plain jobs: to jobs of the same call, to others that wait or run, and to those that succeeded with a small
-- result. Made when an edge comes: given the table to fill, which says where new records stand (`stored`). See
-- `edges.lua`.
local VALUE = 1
local WAITING, RUNNING, SUCCEEDED = 3, 4, 5
-- So many bytes, as 16 uuids take: whoever would wait besides goes the long way.
local MOST_IN_BAG = 368
local MOST_COPIED = 128

-- Bags of jobs that came with this call and have a short record, by the places of their records; and these places.
local bags, placed = {}, {}
-- Other jobs that edges go to, by id; and those of them that have a new one.
local targets, changed = {}, {}
-- The edges of the job in question, in pieces; and what stands between an edge's number and its id, by kind, what it
-- does on errors, and hole.
local pieces, size, middles = {}, 0, {}
-- The job's arguments as they are packed, and how many.
local args, holes = {}, 0

-- A job that has a short record, and runs or not; nil for others.
local function shortOf(raw)
  local from, state, bag, at = 1, WAITING, '', nil
  if byteOf(raw) == 4 then
    local _, _, _, _, _, _, _, after = ofBytes('>BI4I4I6I4I7Bc0', raw, 2)
    from, state = after, RUNNING
  end
  local form = byteOf(raw, from)
  if form == AWAITED then bag, at = ofBytes('>I2c0', raw, from + 1) end
  if form ~= 1 and form ~= AWAITED and form < BRIEF then return nil end
  return { state = state, bag = bag, before = cut(raw, 1, from - 1), short = cut(raw, at or from) }
end

-- The same of one that has not.
local function longParts(raw)
  local target = partsOf(raw)
  if not target.rare then return nil end
  target.state, target.bag = byteOf(target.front), target.rare.deps or ''
  return target
end

-- A job that was there, or came with this call before, and has its record at this place.
local function targetOf(id, place)
  local target = targets[id]
  if target then return target end
  local raw = place and set[place] or raws[id]
  target = raw and (shortOf(raw) or longParts(raw))
  if not target then return nil end
  target.id, target.place, targets[id] = id, place, target
  return target
end

-- The number of the next edge, as it is packed: that to a job.
local function numberOf(on, kind, onError)
  count = count + 1
  local number, hole = toBytes('>I6', count), kind == VALUE and holes or 0
  local shape = hole * 16 + kind * 4 + onError
  local middle = middles[shape]
  if not middle then
    middle = toBytes('>I6BBI4', 0, kind, onError, hole)
    middles[shape] = middle
  end
  pieces[size + 1], pieces[size + 2], pieces[size + 3] = number, middle, on
  size = size + 3
  return number
end

-- Let a job of this call that has a short record hear of the end of another; answers whether that was plain.
local function attachShort(place, id, number)
  local bag = bags[place]
  if not bag then
    bag = ''
    placed[#placed + 1] = place
  end
  bags[place] = bag .. number .. id
  return #bag < MOST_IN_BAG
end

-- The same of any other.
local function attach(target, id, number)
  local bag = target.bag
  if type(bag) ~= 'string' or #bag >= MOST_IN_BAG then return false end
  target.bag = bag .. number .. id
  if not target.isChanged then changed[#changed + 1] = target end
  target.isChanged = true
  return true
end

-- The result of a job that has succeeded; nil if it is not small, or not there any more.
local function resultOf(target)
  local result = target.result
  local isSmall = #result > 0 and #result <= MOST_COPIED + 1 and byteOf(result) >= 97
  return isSmall and ofBytes('>d', target.middle, 67) > now and result or nil
end

-- Give a job an edge to another; answers whether that was plain.
local function link(id, on, place, kind, onError)
  if kind == VALUE then holes = holes + 1 end
  local form = place and byteOf(set[place]) or 0
  if form == 1 or form >= BRIEF then
    if kind == VALUE then args[holes] = '\0\0' end
    return attachShort(place, id, numberOf(on, kind, onError))
  end
  local target = targetOf(on, place)
  if not target then return false end
  local state = target.state
  local result = state == SUCCEEDED and kind == VALUE and resultOf(target)
  if kind == VALUE then
    if target.rare and target.rare.ignoreResult then return false end
    args[holes] = result and toBytes('>I2', #result) .. result or '\0\0'
  end
  if state == SUCCEEDED then return kind ~= VALUE or result ~= nil end
  return state <= RUNNING and attach(target, id, numberOf(on, kind, onError))
end

-- What the job that begins at some place among the asked has besides, its edges included: false if there is nothing,
-- nil if that is not plain.
function linking.rareOf(asked, at)
  local more, id, wanted = asked[at + 5], asked[at], asked[at + 5][1]
  holes, size = 0, 0
  for index = 1, #wanted do
    local edge = wanted[index]
    local on, place = edge[2], nil
    if type(on) == 'number' then
      if on * 6 + 1 >= at then return nil end
      on, place = asked[on * 6 + 1], on * 2 + 4
    else
      place = linking.stored[on]
    end
    if on == id or not link(id, on, place, edge[1], edge[3]) then return nil end
  end
  local rare = {}
  for name, value in pairs(more[8] or {}) do rare[name] = value end
  if size > 0 then rare.edges = table.concat(pieces, '', 1, size) end
  if holes > 0 then rare.args = table.concat(args, '', 1, holes) end
  return next(rare) ~= nil and rare
end

-- Write the jobs that others wait for from now on.
function linking.finish()
  for index = 1, #placed do
    local place = placed[index]
    set[place] = toBytes('>BI2', AWAITED, #bags[place]) .. bags[place] .. set[place]
  end
  for _, target in ipairs(changed) do
    local at, bag = target.place, target.bag
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
