-- What a script does besides the root hash. All of it is done at the end, in an order in which a script that fails on
-- the way leaves the store true: what is added first (an entry that no record confirms is passed over), then the
-- records, then what is taken away, then the news.
local CHUNK = 4000

local groups = {}
local order = {}
local scores = {}
local removals = {}
local messages = {}
local outcomes = {}
local told = {}

-- Add to a structure: `RPUSH`, `SADD`, `HSET`. `width`: how many arguments belong together.
function effects.add(command, key, ...)
  local name = command .. key
  local group = groups[name]
  if not group then
    group = { command = command, key = key }
    groups[name] = group
    order[#order + 1] = group
  end
  for at = 1, select('#', ...) do group[#group + 1] = (select(at, ...)) end
end

-- Set a string key.
function effects.put(key, value)
  order[#order + 1] = { command = 'SET', key = key, value }
end

-- The score of a member of a sorted set; false removes it.
function effects.score(key, member, score)
  local members = scores[key]
  if not members then
    members = {}
    scores[key] = members
  end
  members[member] = score
end

-- Scores that were given in this script: by member, false for one removed.
function effects.scores(key)
  return scores[key]
end

local function byScore(a, b)
  return a[1] < b[1]
end

-- Members of a sorted set that this script has given scores, { score, member }; and how many it has removed.
local function changed(key)
  local found, gone = {}, 0
  for member, score in pairs(scores[key] or {}) do
    if score then found[#found + 1] = { score, member } else gone = gone + 1 end
  end
  return found, gone
end

-- The first members of a sorted set, as it will be when the script is done.
function effects.members(key, count)
  local found, gone = changed(key)
  local given = scores[key] or {}
  local stored = redis.call('ZRANGE', key, 0, count + gone - 1, 'WITHSCORES')
  for at = 1, #stored, 2 do
    if given[stored[at]] == nil then found[#found + 1] = { tonumber(stored[at + 1]), stored[at] } end
  end
  table.sort(found, byScore)
  local members = {}
  for at = 1, math.min(count, #found) do members[at] = found[at][2] end
  return members
end

-- A command that takes away, run after the records are written.
function effects.remove(...)
  removals[#removals + 1] = { ... }
end

function effects.publish(channel, message)
  messages[#messages + 1] = { channel, message }
end

local function tellingOf(session)
  local telling = told[session]
  if not telling then
    telling = { session = session }
    told[session] = telling
    outcomes[#outcomes + 1] = telling
  end
  return telling
end

-- Tell a session how a job ended: one message a script and session.
function effects.tellOutcome(session, outcome)
  local telling = tellingOf(session)
  telling.outcomes = telling.outcomes or {}
  telling.outcomes[#telling.outcomes + 1] = outcome
end

function effects.tellNews(session, id)
  local telling = tellingOf(session)
  telling.news = telling.news or {}
  telling.news[#telling.news + 1] = id
end

-- Tell a session that something concerns what it holds.
function effects.tellNotice(session)
  tellingOf(session).notice = true
end

local function inChunks(command, key, values)
  for from = 1, #values, CHUNK do
    write(command, key, unpack(values, from, math.min(from + CHUNK - 1, #values)))
  end
end

local function writeScores()
  local gone = {}
  for key, members in pairs(scores) do
    local added, removed = {}, {}
    for member, score in pairs(members) do
      if score then
        added[#added + 1] = string.format('%.0f', score)
        added[#added + 1] = member
      else
        removed[#removed + 1] = member
      end
    end
    inChunks('ZADD', key, added)
    if #removed > 0 then gone[#gone + 1] = { key, removed } end
  end
  return gone
end

local function tellAll()
  for _, telling in ipairs(outcomes) do
    local message = { outcomes = telling.outcomes, notice = telling.notice, news = telling.news }
    effects.publish(root .. ':told:' .. telling.session, cmsgpack.pack(message))
  end
  -- Hints and news: whoever misses one looks again by itself.
  for _, message in ipairs(messages) do redis.pcall(PUBLISH, message[1], message[2]) end
end

-- Do all of it.
function effects.flush()
  lib.retention.flush()
  lib.work.flush()
  lib.queues.flush()
  for _, group in ipairs(order) do inChunks(group.command, group.key, group) end
  local goneMembers = writeScores()
  local set, gone = lib.store.changes()
  inChunks('HSET', root, set)
  inChunks('HDEL', root, gone)
  for _, each in ipairs(goneMembers) do inChunks('ZREM', each[1], each[2]) end
  for _, command in ipairs(removals) do write(unpack(command)) end
  tellAll()
end
