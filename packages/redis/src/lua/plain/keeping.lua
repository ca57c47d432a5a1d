-- Until when the results of plain settlements are kept, as in `retention.lua`.
local MOST_IN_BLOCK = 32
local MINUTE_MS = 60 * 1000

-- What is settled: ids (and behind them other fields that are read), tokens, results with a length before each, and how
-- long they are kept, false for the usual time.
local settled, tokens, results, ttls
-- The place that all of this call's jobs have from now on, which tells them apart from what they were before.
local position
-- Entries of jobs whose results go in one minute, as many as make a block, and the number of that minute.
local block, blockSize, blockMinute = {}, 0, nil

local function closeBlock()
  if blockSize == 0 then return end
  local entries = table.concat(block)
  adds[#adds + 1] = { 'RPUSH', root .. ':expiring:' .. string.format('%.0f', blockMinute), { entries } }
  block, blockSize = {}, 0
end

-- What earlier calls have gathered.
local function openBlock()
  if namespace[BLOCK_SIZE] == 0 then return end
  block, blockSize, blockMinute = { namespace[BLOCK] }, namespace[BLOCK_SIZE], namespace[BLOCK_MINUTE]
end

local function noteBlock()
  if blockSize == 0 then return end
  namespace[BLOCK_MINUTE], namespace[BLOCK_SIZE], namespace[BLOCK] = blockMinute, blockSize, table.concat(block)
end

local function noteMinute(minute)
  if namespace[MINUTE] == minute then return end
  local name = string.format('%.0f', minute)
  namespace[MINUTE] = minute
  adds[#adds + 1] = { 'ZADD', root .. ':minutes', { name, name } }
end

-- See that results go when their time is over, as in `retention.lua`.
local function keepUntil(from, to, over)
  local minute = math.ceil(over / MINUTE_MS)
  if blockMinute ~= minute then
    closeBlock()
    blockMinute = minute
    noteMinute(minute)
    tellDue(minute * MINUTE_MS)
  end
  while from <= to do
    if blockSize >= MOST_IN_BLOCK then closeBlock() end
    local upTo = math.min(to, from + MOST_IN_BLOCK - blockSize - 1)
    block[#block + 1] = struct.pack('>I6I2', position, upTo - from + 1) .. table.concat(settled, '', from, upTo)
    blockSize = blockSize + upTo - from + 1
    from = upTo + 1
  end
end
