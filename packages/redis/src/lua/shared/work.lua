-- The work list: consequences of something that happened, too many to count on, done in steps, each step once. What a
-- script does not get done lies in fields of the root hash, the oldest first.
local pending = {}
local releasing = {}
local current
local isBegun = false
local doneUpTo

local RUNS = {
  release = function(item, budget) return lib.releases.run(item, budget) end,
  cascade = function(item, budget) return lib.cancels.runCascade(item, budget) end,
  forward = function(item, budget) return lib.cancels.runForward(item, budget) end,
  cycle = function(item, budget) return lib.cycles.run(item, budget) end,
  drain = function(item, budget) return lib.drains.run(item, budget) end,
  rewrite = function(item, budget) return lib.lines.run(item, budget) end,
  takeback = function(item, budget) return lib.takebacks.run(item, budget) end
}

local function field(number)
  return 'w' .. string.format('%.0f', number)
end

function work.add(item)
  pending[#pending + 1] = item
end

-- Ends of jobs come to the list when all else on it is done, or the steps are.
function work.release(item)
  releasing[#releasing + 1] = item
end

function work.isThere()
  return #releasing > 0 or #pending > 0 or current ~= nil or (doneUpTo or lib.space.it.workHead) < lib.space.it.workTail
end

-- The oldest entry; nil if there is none.
local function first()
  if current then return current end
  doneUpTo = doneUpTo or lib.space.it.workHead
  while doneUpTo < lib.space.it.workTail do
    local number = doneUpTo
    doneUpTo = doneUpTo + 1
    current = lib.store.load(field(number), cmsgpack.unpack)
    lib.store.drop(field(number))
    lib.space.touch()
    if current then return current end
  end
  current = table.remove(pending, 1)
  return current
end

-- Do at most `budget` steps; answers how many are left of it.
function work.run(budget)
  local left = budget
  while left > 0 and work.isThere() do
    for _, item in ipairs(releasing) do pending[#pending + 1] = item end
    releasing = {}
    while left > 0 do
      local item = first()
      if not item then break end
      local steps = RUNS[item.kind](item, left)
      if steps < left then current = nil end
      left = left - steps
    end
  end
  return left
end

-- The share of the work list that each call does.
function work.off()
  if not work.isThere() then return end
  work.run(INLINE_STEPS)
  if work.isThere() then lib.space.tellDue(lib.space.now) end
end

local function keep(number, item)
  lib.store.save(field(number), item, cmsgpack.pack)
end

-- A bag that two entries have is kept by the first, which hands the second one on.
local function isNested(items, item)
  for _, other in ipairs(items) do
    if other.bag and other.bag == item.bag then
      other.next = item
      item.bag = false
      return true
    end
  end
  return false
end

-- Keep what was not done.
function work.flush()
  if not doneUpTo and #pending == 0 and #releasing == 0 and not current then return end
  for _, item in ipairs(releasing) do pending[#pending + 1] = item end
  local it = lib.space.it
  it.workHead = doneUpTo or it.workHead
  local items = {}
  if current then
    -- It goes back to where it was taken from: what stands before it is done.
    if it.workHead > 1 then
      it.workHead = it.workHead - 1
      keep(it.workHead, current)
      items[1] = current
    else
      table.insert(pending, 1, current)
    end
  end
  for _, item in ipairs(pending) do
    if not isNested(items, item) then
      items[#items + 1] = item
      keep(it.workTail, item)
      it.workTail = it.workTail + 1
    end
  end
  lib.space.touch()
end
