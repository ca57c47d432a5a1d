-- Edges of plain jobs: to jobs of the same call, to others that wait or run, and to those that succeeded with a small
-- result. Made when an edge comes: given the table to fill, which says where new records stand (`stored`). See
-- `edges.lua`.
local VALUE = 1
local WAITING, IN_LINE, RUNNING, SUCCEEDED = 1, 3, 4, 5
-- So many bytes, as 16 uuids take: whoever would wait besides goes the long way. The length of a bag fits in two bytes.
local MOST_IN_BAG, LONGEST_ID = 368, 65000
local MOST_COPIED = 128

-- Bags of jobs that came with this call and have a short record, by the places of their records; and these places.
local bags, placed = {}, {}
-- Other jobs that edges go to, by id; and those of them that have a new one.
local targets, changed = {}, {}
-- The edges of the job in question, in pieces; and what stands between an edge's number and its id, by kind, what it
-- does on errors, and hole.
local pieces, size, middles = {}, 0, {}
-- The job's arguments as they are packed.
local args = {}

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

-- The number of the next edge, as it is packed: that to a job. `how`: what it does on errors, four times its kind
-- added.
local function numberOf(on, how, hole)
  count = count + 1
  local number, shape = toBytes('>I6', count), hole * 16 + how
  local middle = middles[shape]
  if not middle then
    middle = toBytes('>I6BBI4', 0, (how - how % 4) / 4, how % 4, hole)
    middles[shape] = middle
  end
  pieces[size + 1], pieces[size + 2], pieces[size + 3] = number, middle, on
  size = size + 3
  return number
end

-- Let a job hear of the end of another; answers whether that was plain.
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

-- Give a job an edge to another that has not come with this call in a short record; answers whether that was plain.
local function link(id, on, place, how, hole)
  local target = targetOf(on, place)
  if not target then return false end
  local state, isValue = target.state, hole > 0
  local result = state == SUCCEEDED and isValue and resultOf(target)
  if isValue then
    if target.rare and target.rare.ignoreResult then return false end
    args[hole] = result and toBytes('>I2', #result) .. result or '\0\0'
  end
  if state == SUCCEEDED then return not isValue or result ~= nil end
  return state <= RUNNING and attach(target, id, numberOf(on, how, hole))
end

-- Edges and arguments of the job that begins at some place among the asked, as they are packed; nil if that is not
-- plain.
function linking.needsOf(asked, at)
  local id, wanted, holes = asked[at], asked[at + 5][1], 0
  if #id > LONGEST_ID then return nil end
  size = 0
  for index = 1, #wanted, 2 do
    local how, on, place, hole = wanted[index], wanted[index + 1], nil, 0
    if on == id then return nil end
    if type(on) == 'string' then
      place = linking.stored[on]
    elseif on * 6 + 1 < at then
      on, place = asked[on * 6 + 1], on * 2 + 4
    else
      return nil
    end
    if how < 4 + 4 * VALUE then
      holes = holes + 1
      hole, args[holes] = holes, '\0\0'
    end
    local form = place and byteOf(set[place]) or 0
    if form ~= 1 and form < BRIEF then
      if not link(id, on, place, how, hole) then return nil end
    else
      local bag = bags[place]
      if not bag then
        bag, placed[#placed + 1] = '', place
      elseif #bag >= MOST_IN_BAG then
        return nil
      end
      bags[place] = bag .. numberOf(on, how, hole) .. id
    end
  end
  return table.concat(pieces, '', 1, size), table.concat(args, '', 1, holes)
end

-- Write the jobs that others wait for from now on.
function linking.finish()
  local fronts = {}
  for index = 1, #placed do
    local place = placed[index]
    local bag = bags[place]
    local front = fronts[#bag]
    if not front then
      front = toBytes('>BI2', AWAITED, #bag)
      fronts[#bag] = front
    end
    set[place] = front .. bag .. set[place]
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
