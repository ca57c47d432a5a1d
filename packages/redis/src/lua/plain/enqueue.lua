-- Plain jobs: new ids, a small input, edges to few jobs that are plain too.
local MOST_INLINE = 1024

-- Where the records of new jobs stand among what is to be written.
local stored = {}
-- Task and queue of the job before, mostly those of the next too: their names, the queue, and what comes before the input.
local lastTask, lastName, lastQueue, lastHead
-- Members with their scores, by the sorted set that they go into.
local scores = {}

-- What edges need, once one has come.
local linking

local function linkingOf()
  if linking then return linking end
  linking = { stored = stored }
  defineLinking(linking)
  return linking
end

-- What a job may have besides: a priority, a time to wait for, and options.
local function isPlain(more)
  if more[6] then return false end
  return not more[5] or more[5] == 'reject'
end

-- When a job may run; 0 if at once.
local function runAtOf(more)
  if more[4] then return more[4] end
  return more[3] and more[3] > 0 and now + more[3] or 0
end

-- Look up task and queue of a job; answers whether they are plain.
local function look(task, name)
  if #task > MOST_IN_BYTE or #name > MOST_IN_BYTE or name == '' then return false end
  local shown = name == USUAL and '' or name
  lastTask, lastName, lastQueue = task, name, find(name)
  lastHead = struct.pack('>Bc0Bc0I6', #task, task, #shown, shown, now)
  return lastQueue ~= nil
end

-- What comes before the body of a long record. `reply`: who waits, with a length of one byte before.
local function frontOf(places, position, reply, priority, runAt, rare)
  local rest = rare and cmsgpack.pack({ rare, false }) or ''
  return '\3' .. places .. position .. position ..
    struct.pack('>i4I4dI4I4I4I7I6I6BI4I4I4I6d', priority, 1, runAt, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) .. '\0' .. reply ..
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

-- Put a job where jobs wait, as in `places.lua`: for others, or for their time.
local function park(queue, id, position, runAt, isDeferred)
  addScore(root .. ':parked:' .. queue.name, namespace[COUNT], id)
  if isDeferred then
    queue.counts[DEFERRED] = queue.counts[DEFERRED] + 1
    return
  end
  addScore(root .. ':due', runAt, position .. id)
  queue.counts[SCHEDULED] = queue.counts[SCHEDULED] + 1
  tellDue(runAt)
end

-- Store a job that has more than most; answers whether it was plain.
local function storeWith(items, at, field, reply)
  local id, more, queue = items[at], items[at + 5], lastQueue
  local rare = more[8]
  if more[1] then rare = linkingOf().rareOf(items, at) end
  if rare == nil then return false end
  local isDeferred = rare and rare.edges
  local priority, runAt = more[2] or 0, runAtOf(more)
  local waits = isDeferred or runAt > now
  local line = not waits and lineOf(queue, priority)
  if not waits and not line then return false end
  namespace[COUNT] = namespace[COUNT] + 1
  local position = struct.pack('>I6', namespace[COUNT])
  local places = isDeferred and '\1\3' or waits and '\2\3' or '\3\1'
  local isShort = priority == 0 and not rare and runAt == 0
  local front = isShort and '\1' .. position .. reply or frontOf(places, position, reply, priority, runAt, rare)
  set[#set + 1] = field
  set[#set + 1] = front .. lastHead .. items[at + 3]
  if waits then park(queue, id, position, runAt, isDeferred) else enlist(queue, line, id, position) end
  return true
end

-- Store the job that begins at some place among the items; answers whether it was plain.
local function storeOne(items, at, field)
  local id, task, name, input, more = items[at], items[at + 1], items[at + 2], items[at + 3], items[at + 5]
  if raws[field] or stored[id] or #input > MOST_INLINE + 1 or more and not isPlain(more) then return false end
  if (task ~= lastTask or name ~= lastName) and not look(task, name) then return false end
  local reply = items[at + 4] % 2 == 1 and owned or '\0'
  local written = #set + 2
  stored[id] = written
  if more then return storeWith(items, at, field, reply) end
  local line = lineOf(lastQueue, 0)
  if not line then return false end
  namespace[COUNT] = namespace[COUNT] + 1
  local position = struct.pack('>I6', namespace[COUNT])
  set[written - 1], set[written] = field, '\1' .. position .. reply .. lastHead .. input
  enlist(lastQueue, line, id, position)
  return true
end

-- Fields of the items, and all that is to be read: the jobs that their edges name, too.
local function fieldsOf(items)
  local own, fields = {}, {}
  local last
  for at = 1, #items, 6 do
    local field = items[at]
    own[#own + 1], fields[#fields + 1] = field, field
    if items[at + 2] ~= last then
      last = items[at + 2]
      fields[#fields + 1] = 'q' .. last
    end
    local edges = items[at + 5] and items[at + 5][1]
    for index = 1, edges and #edges or 0 do
      local on = edges[index][2]
      if type(on) == 'string' then fields[#fields + 1] = on end
    end
  end
  return own, fields
end

local function storeAll()
  local call, items = request[1], request[2]
  local own, fields = fieldsOf(items)
  if not open(call, fields) then return nil end
  for at = 1, #items, 6 do
    if not storeOne(items, at, own[(at + 5) / 6]) then return nil end
  end
  if linking then linking.finish() end
  applied = call[4]
  finish()
  return answer('ok', false)
end

local reply = storeAll()
if reply then return reply end
