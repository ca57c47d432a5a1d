-- Plain settlements: successes of jobs that nobody waits for as an argument, with a small result that is kept for a while.
local MOST_INLINE = 1024
local MOST_RECORDS = 50000
local MOST_IN_BLOCK = 32
local MINUTE_MS = 60 * 1000
local DEFAULT_TTL = 60 * 60 * 1000
local SETTLED = {
  run = true, tags = true, meta = true, maxCrashes = true, resultTtl = true, parent = true, progress = true, output = true,
  history = true
}
frees = true

local seen = {}

-- See that the result goes when its time is over, as in `retention.lua`.
local function expireIn(minute, entry)
  local bucket = namespace[BUCKET]
  if bucket and (bucket[1] ~= minute or bucket[2] >= MOST_IN_BLOCK) then
    adds[#adds + 1] = { 'RPUSH', root .. ':expiring:' .. string.format('%.0f', bucket[1]), { bucket[3] } }
    bucket = false
  end
  bucket = bucket or { minute, 0, '' }
  namespace[BUCKET] = { minute, bucket[2] + 1, bucket[3] .. entry }
  if namespace[MINUTE] ~= minute then
    local name = string.format('%.0f', minute)
    namespace[MINUTE] = minute
    adds[#adds + 1] = { 'ZADD', root .. ':minutes', { name, name } }
  end
end

local function keepUntil(id, over)
  namespace[COUNT] = namespace[COUNT] + 1
  namespace[ENDED] = namespace[ENDED] + 1
  local position = struct.pack('>I6', namespace[COUNT])
  local minute = math.ceil(over / MINUTE_MS)
  expireIn(minute, struct.pack('>I2', #id + 6) .. position .. id)
  tellDue(minute * MINUTE_MS)
  return position
end

local function letGo(slot)
  local takes = caller[TAKES]
  takes[slot] = takes[slot] - 1
  caller[HELD] = caller[HELD] - 1
  if takes[slot] == 0 then freed[slot] = true end
end

-- The record of a job that has succeeded, and the queue that it is in; nil if that is not plain.
local function succeeded(id, raw, long, value, ttl, flags)
  local rare = long.rare
  if rare == nil or rare and not isAmong(rare, SETTLED) then return nil end
  local keep = rare and rare.resultTtl or ttl or DEFAULT_TTL
  if keep <= 0 or keep == math.huge then return nil end
  if rare and rare.history and not noteHistory(rare, 'success') then return nil end
  local rest = rare and rare.history and cmsgpack.pack({ rare, false }) or long.rest
  local over = now + keep
  local position = keepUntil(id, over)
  return table.concat({
    '\2\5\5', position, string.sub(raw, 10, 54), struct.pack('>I6B', now, flags % 2 + 2), string.sub(raw, 62, 83),
    struct.pack('>dI2I2c0I4c0I4c0', over, 0, #long.last, long.last, #value, value, #rest, rest), string.sub(raw, long.bodyAt)
  })
end

-- Apply one settlement; answers whether it was plain.
local function settleOne(id, token, kind, value, ttl)
  local raw = raws['j' .. id]
  if kind ~= 'success' or not raw or seen[id] or #value > MOST_INLINE + 1 then return false end
  if string.byte(raw) ~= 2 or string.byte(raw, 2) ~= 4 then return false end
  seen[id] = true
  local mine, _, _, flags, slot = struct.unpack('>I7I6I6BI4', raw, 42)
  local long = longOf(raw)
  if mine ~= token or long.last ~= callerId or long.result ~= '' then return false end
  local _, _, name = struct.unpack('>I6I2c0I2c0', raw, long.bodyAt)
  local queue = find(name)
  local record = queue and succeeded(id, raw, long, value, ttl, flags)
  if not record then return false end
  letGo(slot)
  queue.counts[4] = queue.counts[4] - 1
  queue.counts[5] = queue.counts[5] + 1
  set[#set + 1] = 'j' .. id
  set[#set + 1] = record
  if long.reply ~= '' then
    local outcomes = told[long.reply] or {}
    told[long.reply] = outcomes
    outcomes[#outcomes + 1] = { 'value', id, value }
  end
  return true
end

local function dropFreed()
  local takes = caller[TAKES]
  for slot in pairs(freed) do gone[#gone + 1] = 'h' .. callerId .. ':' .. slot end
  while takes[#takes] == 0 do takes[#takes] = nil end
end

local function settleAll()
  local call, settlements, asked = request[1], request[2], request[3]
  local fields = {}
  for at = 1, #settlements, 5 do fields[#fields + 1] = 'j' .. settlements[at] end
  for _, name in ipairs(asked and asked[4] or {}) do fields[#fields + 1] = 'q' .. name end
  if not open(call, fields) or caller[SUSPECT] then return nil end
  for at = 1, #settlements, 5 do
    if not settleOne(unpack(settlements, at, at + 4)) then return nil end
  end
  if namespace[ENDED] > MOST_RECORDS and namespace[EXPENDABLE] > 0 then return nil end
  local claimed = asked and claimPlainly(call, asked)
  if asked and not claimed then return nil end
  dropFreed()
  lane[2] = call[4]
  finish()
  return answer('ok', false, claimed)
end

local reply = settleAll()
if reply then return reply end
