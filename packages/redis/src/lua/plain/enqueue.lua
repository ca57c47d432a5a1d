-- Plain jobs: new ids, a small input, edges to few jobs that are plain too.
local MOST_INLINE = 1024

-- Where the records of new jobs stand among what is to be written.
local stored = {}
local heads = {}
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
  if not more then return true end
  if more[6] then return false end
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
local function frontOf(places, position, reply, priority, runAt, rare)
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

-- Store the job that begins at some place among the items; answers whether it was plain.
local function storeOne(items, at)
  local id, task, name, input, more = items[at], items[at + 1], items[at + 2], items[at + 3], items[at + 5]
  local field = 'j' .. id
  if raws[field] or stored[id] or #input > MOST_INLINE + 1 or not isPlain(more) then return false end
  if #task > MOST_IN_BYTE or #name > MOST_IN_BYTE or name == '' then return false end
  local queue = find(name)
  local rare = more and more[8]
  if more and more[1] then rare = linkingOf().rareOf(items, at) end
  local isDeferred = rare and rare.edges
  local priority, runAt = more and more[2] or 0, runAtOf(more)
  local waits = isDeferred or runAt > now
  local line = queue and not waits and lineOf(queue, priority)
  if not queue or rare == nil and more or not waits and not line then return false end
  namespace[COUNT] = namespace[COUNT] + 1
  local position = struct.pack('>I6', namespace[COUNT])
  local reply = items[at + 4] % 2 == 1 and owned or '\0'
  local places = isDeferred and '\1\3' or waits and '\2\3' or '\3\1'
  set[#set + 1] = field
  set[#set + 1] = frontOf(places, position, reply, priority, runAt, rare) .. bodyHead(task, name) .. input
  stored[id] = #set
  if waits then park(queue, id, position, runAt, isDeferred) else enlist(queue, line, id, position) end
  return true
end

-- Fields of the items, and of the jobs that their edges name.
local function fieldsOf(items)
  local fields = {}
  local last
  for at = 1, #items, 6 do
    fields[#fields + 1] = 'j' .. items[at]
    if items[at + 2] ~= last then
      last = items[at + 2]
      fields[#fields + 1] = 'q' .. last
    end
    for _, edge in ipairs(items[at + 5] and items[at + 5][1] or {}) do
      if type(edge[2]) == 'string' then fields[#fields + 1] = 'j' .. edge[2] end
    end
  end
  return fields
end

local function storeAll()
  local call, items = request[1], request[2]
  if not open(call, fieldsOf(items)) then return nil end
  for at = 1, #items, 6 do
    if not storeOne(items, at) then return nil end
  end
  if linking then linking.finish() end
  applied = call[4]
  finish()
  return answer('ok', false)
end

local reply = storeAll()
if reply then return reply end
