-- What stands in records of jobs of all forms, see `forms.lua`.

-- What task and queue are in the body of a record that was looked at last, and how they stand there: mostly it is the
-- same.
local names, namedTask, namedQueue

-- Look at task and queue at a place, of narrow names; answers the place behind them.
local function namesIn(raw, from)
  if names and seek(raw, names, from, true) == from then return from + #names end
  local task, queue, after = ofBytes('>Bc0Bc0', raw, from)
  names = cut(raw, from, after - 1)
  namedTask, namedQueue = task, queue == '' and USUAL or queue
  return after
end

-- The length of a string as it stands before it, in four bytes.
local function lengthOf(text)
  local size = #text
  local found = lengths[size]
  if not found then
    found = struct.pack('>I4', size)
    lengths[size] = found
  end
  return found
end
