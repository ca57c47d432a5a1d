-- The edges of jobs that wait for one: entries (id of the dependent, number of its edge), in order. The first few stand
-- in the record, the others in chunks of their own, so that a job with many dependents stays small.
local MOST_INLINE = 16
local MOST_IN_CHUNK = 256
-- An entry where entries follow each other in a string: the number, and the id behind it.
local NUMBER = '>I6'

local function field(chunk)
  return 'e' .. string.format('%.0f', chunk)
end

local function load(chunk)
  return lib.store.load(field(chunk), cmsgpack.unpack) or {}
end

function bags.make()
  return { count = 0, inline = {}, chunks = {} }
end

-- The bag of a record that keeps it as a string.
function bags.parse(text)
  local bag, at = bags.make(), 1
  while at <= #text do
    local number, idAt = struct.unpack(NUMBER, text, at)
    local id, after = lib.jobs.idAt(text, idAt)
    bag.count = bag.count + 1
    bag.inline[bag.count], at = { id, number }, after
  end
  return bag
end

-- A bag as a string; nil if not all of it can be in a record, or there is nothing in it.
function bags.pack(bag)
  if #bag.inline == 0 or #bag.chunks > 0 then return nil end
  local entries = {}
  for at, entry in ipairs(bag.inline) do entries[at] = struct.pack(NUMBER, entry[2]) .. entry[1] end
  return table.concat(entries)
end

-- Add an entry; answers the chunk it is in, 0 for the record.
function bags.add(bag, id, number)
  bag.count = bag.count + 1
  local last = bag.chunks[#bag.chunks]
  if not last and #bag.inline < MOST_INLINE then
    bag.inline[#bag.inline + 1] = { id, number }
    return 0
  end
  local entries = last and load(last)
  if not entries or #entries >= MOST_IN_CHUNK then
    last = lib.space.count()
    entries = {}
    bag.chunks[#bag.chunks + 1] = last
  end
  entries[#entries + 1] = { id, number }
  lib.store.save(field(last), entries, cmsgpack.pack)
  return last
end

local function removeFrom(entries, number)
  for at, entry in ipairs(entries) do
    if entry[2] == number then
      table.remove(entries, at)
      return true
    end
  end
  return false
end

local function removeChunk(bag, at)
  lib.store.drop(field(bag.chunks[at]))
  table.remove(bag.chunks, at)
end

local function removeFromChunk(bag, chunk, number)
  for at, each in ipairs(bag.chunks) do
    if each == chunk then
      local entries = load(chunk)
      local found = removeFrom(entries, number)
      if #entries == 0 then removeChunk(bag, at) else lib.store.save(field(chunk), entries, cmsgpack.pack) end
      return found
    end
  end
  return false
end

-- Remove an entry, if it is in the bag.
function bags.remove(bag, chunk, number)
  local found = false
  if chunk == 0 then found = removeFrom(bag.inline, number) else found = removeFromChunk(bag, chunk, number) end
  if found then bag.count = bag.count - 1 end
  return found
end

-- Take the first entry out; nil if there is none.
function bags.shift(bag)
  local entry = table.remove(bag.inline, 1)
  if not entry then
    local first = bag.chunks[1]
    if not first then return nil end
    local entries = load(first)
    entry = table.remove(entries, 1)
    if #entries == 0 then removeChunk(bag, 1) else lib.store.save(field(first), entries, cmsgpack.pack) end
  end
  if entry then bag.count = bag.count - 1 end
  return entry
end

-- The first entries, at most `count`, left where they are.
function bags.peek(bag, count)
  local found = {}
  for _, entry in ipairs(bag.inline) do
    if #found < count then found[#found + 1] = entry end
  end
  for _, chunk in ipairs(bag.chunks) do
    if #found >= count then return found end
    for _, entry in ipairs(load(chunk)) do
      if #found < count then found[#found + 1] = entry end
    end
  end
  return found
end

-- Read the records of the next dependents in one command.
function bags.prefetch(bag, count)
  local ids = {}
  for at, entry in ipairs(bags.peek(bag, count)) do ids[at] = entry[1] end
  lib.jobs.prefetch(ids)
end
