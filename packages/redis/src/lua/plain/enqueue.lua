-- Plain jobs: new ids, no edges, no time to wait for, a small input.
local MOST_INLINE = 1024

local seen = {}
local heads = {}

-- What a job may have besides: a priority, and options.
local function isPlain(more)
  if not more then return true end
  if more[1] or more[3] or more[4] or more[6] then return false end
  return not more[5] or more[5] == 'reject'
end

-- What comes before the input in the body of a record: the same for all jobs of a task and queue.
local function bodyHead(task, queue)
  local name = #task .. ':' .. task .. queue
  if not heads[name] then heads[name] = struct.pack('>I6I2c0I2c0', now, #task, task, #queue, queue) end
  return heads[name]
end

local function recordOf(position, drains, reply, priority, rare)
  local front = string.char(priority == 0 and not rare and 1 or 2, 3, 1) .. position .. drains
  if priority == 0 and not rare then return front .. reply end
  local rest = rare and cmsgpack.pack({ rare, false }) or ''
  return front .. struct.pack('>i4I4dI4I4I4I7I6I6BI4I4I4I6I4d', priority, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ..
    reply .. struct.pack('>I2I4I4c0', 0, 0, #rest, rest)
end

-- Store the job that begins at some place among the items; answers whether it was plain.
local function storeOne(items, at, replies)
  local id, task, name, input, more = items[at], items[at + 1], items[at + 2], items[at + 3], items[at + 5]
  local field = 'j' .. id
  if raws[field] or seen[id] or #input > MOST_INLINE + 1 or not isPlain(more) then return false end
  local queue = find(name)
  local priority = more and more[2] or 0
  local line = queue and lineOf(queue, priority)
  if not line then return false end
  seen[id] = true
  namespace[COUNT] = namespace[COUNT] + 1
  local position = struct.pack('>I6', namespace[COUNT])
  local reply = items[at + 4] % 2 == 1 and replies or '\0\0'
  set[#set + 1] = field
  set[#set + 1] = recordOf(position, struct.pack('>I4', queue.drains), reply, priority, more and more[8]) ..
    bodyHead(task, name) .. struct.pack('>I4', #input) .. input
  line[FRESH] = line[FRESH] or {}
  line[FRESH][#line[FRESH] + 1] = struct.pack('>I2', #id + 6) .. position .. id
  line[LIVE] = line[LIVE] + 1
  queue.counts[3] = queue.counts[3] + 1
  if #queue.waiting > 0 then wake(queue) end
  return true
end

local function storeAll()
  local call, items = request[1], request[2]
  local fields = {}
  local last
  for at = 1, #items, 6 do
    fields[#fields + 1] = 'j' .. items[at]
    if items[at + 2] ~= last then
      last = items[at + 2]
      fields[#fields + 1] = 'q' .. last
    end
  end
  if not open(call, fields) then return nil end
  local replies = struct.pack('>I2c0', #callerId, callerId)
  for at = 1, #items, 6 do
    if not storeOne(items, at, replies) then return nil end
  end
  lane[2] = call[4]
  finish()
  return answer('ok', false)
end

local reply = storeAll()
if reply then return reply end
