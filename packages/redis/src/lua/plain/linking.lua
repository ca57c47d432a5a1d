-- Edges of plain jobs: to jobs of the same call, to others that wait or run, and to those that succeeded with a small
-- result. Made when an edge comes: given the table to fill, which says where new records stand (`stored`). See
-- `edges.lua`.
local VALUE = 1
local WAITING, IN_LINE, RUNNING, SUCCEEDED = 1, 3, 4, 5
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

-- A job that has a short record, whether it waits, stands in a line or runs; nil for others.
local function shortOf(raw)
  local from, state, bag = 1, IN_LINE, ''
  if byteOf(raw) == 4 then
    local _, _, _, _, _, _, _, after = ofBytes('>BI4I4I6I4I7Bc0', raw, 2)
    from, state = after, RUNNING
  end
  if byteOf(raw, from) == NEEDING then
    local _, edges, _, after = ofBytes(NEEDS, raw, from)
    from = after
    if edges ~= '' then state = WAITING end
  end
  local at, form = from, byteOf(raw, from)
  if form == AWAITED then
    bag, at = ofBytes('>xI2c0', raw, from)
  elseif form ~= 1 and form < BRIEF then
    return nil
  end
  return { state = state, bag = bag, before = cut(raw, 1, from - 1), short = cut(raw, at) }
end

-- The same of one that has not.
local function longParts(raw)
  -- What one that has succeeded waited for does not matter any more.
  if byteOf(raw) == NEEDING then
    local _, _, _, after = ofBytes(NEEDS, raw)
    raw = cut(raw, after)
  end
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

-- Edges and arguments of the job that begins at some place among the asked, as they are packed; nil if that is not
-- plain.
function linking.needsOf(asked, at)
  local id, wanted = asked[at], asked[at + 5][1]
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
  return table.concat(pieces, '', 1, size), table.concat(args, '', 1, holes)
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
