-- The end of a plain enqueue: what is added first, then the records, then the news, as in `effects.lua`.
local OK = '\146\162ok\194'
for index = 1, #known do
  local each = known[index]
  local packed, lineCount, enlisted, clients = '\1', 0, 0, ''
  for at = 1, #each[LINES] do
    local it = each[LINES][at]
    local came, last, listed = it[FRESH], it[TAIL], it[LISTED]
    local cameCount, tailCount, blocks = came and #came or 0, it[TAIL_COUNT], nil
    local live = it[LIVE] + cameCount
    if cameCount > 0 then
      local runs = it[RUNS]
      --> blocking
      if blocks then
        local key = root .. ':line:' .. string.format('%.0f', it[PRIORITY]) .. ':' .. each[NAME]
        for from = 1, #blocks, CHUNK do
          redis.call('RPUSH', key, unpack(blocks, from, math.min(from + CHUNK - 1, #blocks)))
        end
        listed = listed + #blocks
      end
    end
    if live + it[RETURNED] > 0 then
      packed, lineCount, enlisted = packed .. toBytes(
        LINE, it[PRIORITY], live, it[RETURNED], it[STALE], listed, tailCount, #it[HEAD], it[HEAD], #last, last
      ), lineCount + 1, enlisted + cameCount
    end
  end
  local waits = each[WAITS]
  if waits > 0 and enlisted > 0 then
    hints = hints or {}
    local from, client = each[CLIENTS], nil
    for _ = 1, waits do
      client, from = ofBytes(CLIENT, each[RECORD], from)
      hints[#hints + 1] = client
    end
    waits = 0
  elseif waits > 0 then
    clients = cut(each[RECORD], each[CLIENTS], -QUEUE_BYTES - 1)
  end
  if index > 1 then
    set[written + 1] = 'q' .. each[NAME]
    written = written + 2
  end
  set[index == 1 and 2 or written] = packed .. clients .. toBytes(
    QUEUE, lineCount, waits, each[DRAINS], each[DEFERRED], each[SCHEDULED], each[ENQUEUED] + enlisted, each[7], each[8],
    each[9], each[10], now
  )
end

local isDue = due < wasDue
if isDue then
  space = cut(space, 1, #space - SPACE_BYTES + 16) .. toBytes('<d', due) .. cut(space, #space - SPACE_BYTES + 25)
end
local rest = written - 2
for from = 3, written - CHUNK, CHUNK do redis.call('HSET', root, unpack(set, from, from + CHUNK - 1)) end
redis.call(
  'HSET', root, 'm', cut(space, 1, -13) .. toBytes('>I6I6', count, now), fields[2],
  cut(said, 1, laneAt + 3) .. toBytes('<I6B', call[4], 0) .. cut(said, laneAt + LANE_BYTES, -7) .. toBytes('>I6', now),
  set[1], set[2], unpack(set, written - (rest - 1) % CHUNK, written)
)
-- News: whoever misses it looks again.
if isDue then redis.pcall(PUBLISH, root .. ':clock', cmsgpack.pack({ due = due })) end
for at = 1, hints and #hints or 0 do redis.pcall(PUBLISH, root .. ':wake:' .. hints[at], '') end
return OK
