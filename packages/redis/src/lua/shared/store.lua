-- The fields of the root hash: read at most once in a script, changed in memory, written at the end.
local objects = {}
local changes = {}
local names = {}

local CHUNK = 4000

-- Read fields that are not known yet, all in one command.
function store.prefetch(fields)
  local missing = {}
  for _, field in ipairs(fields) do
    if raws[field] == nil then
      raws[field] = false
      missing[#missing + 1] = field
    end
  end
  for from = 1, #missing, CHUNK do
    local upTo = math.min(from + CHUNK - 1, #missing)
    local found = redis.call('HMGET', root, unpack(missing, from, upTo))
    for at = from, upTo do raws[missing[at]] = found[at - from + 1] end
  end
end

-- The object of a field, or false; `decode` is called once.
function store.load(field, decode)
  local known = objects[field]
  if known ~= nil then return known end
  local raw = raws[field]
  if raw == nil then
    raw = redis.call('HGET', root, field)
    raws[field] = raw
  end
  local object = raw and decode(raw) or false
  objects[field] = object
  return object
end

-- Write a field at the end, as `encode` makes it of its object.
function store.save(field, object, encode)
  objects[field] = object
  if changes[field] == nil then names[#names + 1] = field end
  changes[field] = encode
end

function store.drop(field)
  objects[field] = false
  if changes[field] == nil then names[#names + 1] = field end
  changes[field] = false
end

-- What is to be written to the root hash: pairs to set, and fields to delete.
function store.changes()
  local set, gone = {}, {}
  for _, field in ipairs(names) do
    local encode = changes[field]
    if encode then
      local raw = encode(objects[field])
      if raw ~= raws[field] then
        set[#set + 1] = field
        set[#set + 1] = raw
      end
    elseif raws[field] ~= false then
      gone[#gone + 1] = field
    end
  end
  return set, gone
end

