-- What few jobs have besides: a priority, a time to wait for, options, edges. Made when one has come.
if not storing then
  local NOTHING = {}
  storing = {}
  -- Members with their scores, by the sorted set that they go into; the sets in their order.
  local scores, sets = {}, {}
  -- What edges need, once one has come.
  local linking

  local function linkingOf()
    if linking then return linking end
    linking = { stored = stored or {} }
    for index = size + 1, #fields do raws[fields[index]] = found[index] end
    local lengths, seek = {}, string.find
    local ownership = toBytes('>I2c0I4I4', #callerId, callerId, 0, 0)
    --> names
    --> records
    --> linking
    return linking
  end

  -- When a job may run; 0 if at once.
  local function runAtOf(more)
    if more[4] then return more[4] end
    return more[3] and more[3] > 0 and now + more[3] or 0
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
      scores[key], sets[#sets + 1] = members, key
    end
    members[#members + 1] = string.format('%.0f', score)
    members[#members + 1] = member
  end

  -- Put a job where jobs wait, as in `places.lua`: for others, or for their time.
  local function park(id, position, runAt, isDeferred)
    addScore(root .. ':parked:' .. name, count, id)
    local state = isDeferred and DEFERRED or SCHEDULED
    queue[state] = queue[state] + 1
    if isDeferred then return end
    addScore(root .. ':due', runAt, position .. id)
    if runAt < due then due = runAt end
  end

  --> lining

  -- What few jobs have as it stands in a long record: what is given, edges and arguments.
  local function rareOf(given, edges, args)
    local rare = {}
    for field, value in pairs(given or NOTHING) do rare[field] = value end
    if edges ~= '' then rare.edges = edges end
    if args ~= '' then rare.args = args end
    return next(rare) ~= nil and rare
  end

  -- What comes before the names in a record that is short, with what stands before that; and the names.
  local function shortOf(position, reply, edges, args)
    local needs = ''
    if edges ~= '' or args ~= '' then
      needs = toBytes('>BI6I4', NEEDING, 0, #edges) .. edges .. toBytes('>I4', #args) .. args
    end
    if lead and reply == '\0' and count < BRIEF_POSITIONS then return needs .. lead .. cut(position, 3), brief end
    return needs .. '\1' .. position .. reply, head
  end

  -- Store the job that begins at some place among what is asked; answers whether it was plain.
  function storing.store(at, more)
    more = more or NOTHING
    if more[6] or more[5] and more[5] ~= 'reject' then return false end
    local id, given, edges, args = asked[at], more[8], '', ''
    if more[1] then edges, args = linkingOf().needsOf(asked, at) end
    if not edges then return false end
    local isDeferred = edges ~= ''
    local priority, runAt = more[2] or 0, runAtOf(more)
    local waits = isDeferred or runAt > now
    local to = not waits and lineOf(queue[LINES], priority)
    if not waits and not to then return false end
    count, written = count + 1, written + 2
    local position, reply = toBytes('>I6', count), asked[at + 4] % 2 == 1 and owned or '\0'
    local front, behind
    if priority == 0 and not given and runAt == 0 then
      front, behind = shortOf(position, reply, edges, args)
    else
      local places = isDeferred and '\1\3' or waits and '\2\3' or '\3\1'
      front, behind = frontOf(places, position, reply, priority, runAt, rareOf(given, edges, args)), head
    end
    set[written - 1], set[written] = id, front .. behind .. asked[at + 3]
    if waits then park(id, position, runAt, isDeferred) else lineUp(to, id, count) end
    return true
  end

  -- What is added before the records are written.
  function storing.finish()
    if linking then linking.finish() end
    for index = 1, #sets do
      local members = scores[sets[index]]
      for from = 1, #members, CHUNK do
        redis.call('ZADD', sets[index], unpack(members, from, math.min(from + CHUNK - 1, #members)))
      end
    end
  end
end
