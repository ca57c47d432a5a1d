-- Plain jobs: new ids, no edges, a small input.
local MOST_INLINE = 1024

local seen = {}
local heads = {}
-- Members with their scores, by the sorted set that they go into.
local scores = {}

-- What a job may have besides: a priority, a time to wait for, and options.
local function isPlain(more)
  if not more then return true end
  if more[1] or more[6] then return false end
  return not more[5] or more[5] == 'reject'
end

-- When a job may run; 0 if at once.
local function runAtOf(more)
  if not more then return 0 end
  if more[4] then return more[4] end
  return more[3] and more[3] > 0 and now + more[3] or 0
end

-- What comes before the input in the body of a record: the same for all jobs of a task and queue.
local function bodyHead(task, queue)
  local name = #task .. ':' .. task .. queue
  if not heads[name] then
    local shown = queue == USUAL and '' or queue
    heads[name] = struct.pack('>I6Bc0Bc0', now, #task, task, #shown, shown)
  end
  return heads[name]
end

-- What comes before the body. `reply`: who waits, with a length of one byte before.
local function frontOf(places, position, reply, more, runAt)
  local priority, rare = more and more[2] or 0, more and more[8]
  if priority == 0 and not rare and runAt == 0 then return '\1' .. position .. reply end
  local rest = rare and cmsgpack.pack({ rare, false }) or ''
  return '\3' .. places .. position .. position ..
    struct.pack('>i4I4dI4I4I4I7I6I6BI4I4I4I6I4d', priority, 1, runAt, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) .. '\0' .. reply ..
    struct.pack('>I2I4I4c0', 0, 0, #rest, rest)
end

local function addScore(key, score, member)
  local members = scores[key]
  if not members then
    members = {}
    scores[key] = members
    adds[#adds + 1] = { 'ZADD', key, members }
  end
  members[#members + 1] = string.format('%.0f', score)
  members[#members + 1] = member
end

-- Put a job where jobs wait for their time, as in `places.lua`.
local function schedule(queue, id, position, runAt)
  addScore(root .. ':parked:' .. queue.name, namespace[COUNT], id)
  addScore(root .. ':due', runAt, position .. id)
  queue.counts[SCHEDULED] = queue.counts[SCHEDULED] + 1
  tellDue(runAt)
end

-- Put a job at the tail of a line.
local function enlist(queue, line, id, position)
  line[FRESH] = line[FRESH] or {}
  line[FRESH][#line[FRESH] + 1] = struct.pack('>I2', #id + 6) .. position .. id
  line[LIVE] = line[LIVE] + 1
  queue.counts[ENQUEUED] = queue.counts[ENQUEUED] + 1
  if #queue.waiting > 0 then wake(queue) end
end

-- Store the job that begins at some place among the items; answers whether it was plain.
local function storeOne(items, at, replies)
  local id, task, name, input, more = items[at], items[at + 1], items[at + 2], items[at + 3], items[at + 5]
  local field = 'j' .. id
  if raws[field] or seen[id] or #input > MOST_INLINE + 1 or not isPlain(more) then return false end
  if #task > MOST_IN_BYTE or #name > MOST_IN_BYTE or name == '' then return false end
  local queue = find(name)
  local runAt = runAtOf(more)
  local waits = runAt > now
  local line = queue and not waits and lineOf(queue, more and more[2] or 0)
  if not queue or not waits and not line then return false end
  seen[id] = true
  namespace[COUNT] = namespace[COUNT] + 1
  local position = struct.pack('>I6', namespace[COUNT])
  local reply = items[at + 4] % 2 == 1 and replies or '\0'
  set[#set + 1] = field
  set[#set + 1] = frontOf(waits and '\2\3' or '\3\1', position, reply, more, runAt) .. bodyHead(task, name) .. input
  if waits then schedule(queue, id, position, runAt) else enlist(queue, line, id, position) end
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
  if #callerId > MOST_IN_BYTE then return nil end
  local replies = string.char(#callerId) .. callerId
  for at = 1, #items, 6 do
    if not storeOne(items, at, replies) then return nil end
  end
  lane[2] = call[4]
  finish()
  return answer('ok', false)
end

local reply = storeAll()
if reply then return reply end
