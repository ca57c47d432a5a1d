-- The namespace: its clock, its counters, and what it has to do next.
local LAYOUT = 5
local FIELD = 'm'
-- After the layout, in a byte, and the entries of the bucket: offset, swept at (-1: never), due (infinite: never), ends
-- of the work list, ended, minute of the bucket, expendable, minute, size of the bucket, count, now.
-- `plain/opening.lua` counts on it. Records that every call writes end with what changes: Lua keeps each string once,
-- and that of Redis 6.2 finds it by the last and a few other of its bytes, searching all strings there were lately in
-- which those are the same.
local FORMAT, BYTES = '<dddddddddd>I6I6', 92

local function made()
  return {
    layout = LAYOUT, offset = 0, now = 0, count = 0, sweptAt = false, due = false, workHead = 1, workTail = 1, ended = 0,
    bucket = false, expendable = 0, minute = 0
  }
end

local function decode(raw)
  local it = made()
  it.layout = string.byte(raw)
  -- What another version wrote cannot be read.
  if it.layout ~= LAYOUT then return it end
  local bucketMinute, size
  it.offset, it.sweptAt, it.due, it.workHead, it.workTail, it.ended, bucketMinute, it.expendable, it.minute, size, it.count,
    it.now = struct.unpack(FORMAT, raw, #raw - BYTES + 1)
  it.sweptAt = it.sweptAt >= 0 and it.sweptAt
  it.due = it.due < math.huge and it.due
  it.bucket = size > 0 and { bucketMinute, size, string.sub(raw, 2, -BYTES - 1) }
  return it
end

local function encode(s)
  local minute, size, entries = unpack(s.bucket or { 0, 0, '' })
  return string.char(s.layout) .. entries .. struct.pack(
    FORMAT, s.offset, s.sweptAt or -1, s.due or math.huge, s.workHead, s.workTail, s.ended, minute, s.expendable, s.minute, size,
    s.count, s.now
  )
end

-- Read the namespace and take the time, once; false if it was written by a version that this one cannot read.
function space.open(fields)
  clock = clock or redis.call('TIME')
  fields[#fields + 1] = FIELD
  lib.store.prefetch(fields)
  local it = lib.store.load(FIELD, decode) or made()
  space.it = it
  local micros = clock[1] * 1000000 + clock[2] + it.offset * 1000
  -- The machine's clock may go back, the namespace's does not.
  space.micros = math.max(micros, it.now * 1000)
  space.now = math.floor(space.micros / 1000)
  it.now = space.now
  return it.layout == LAYOUT
end

-- Write it at the end.
function space.touch()
  if space.isTouched then return end
  space.isTouched = true
  lib.store.save(FIELD, space.it, encode)
end

-- A number higher than all before: positions, and names for what has none.
function space.count()
  space.it.count = space.it.count + 1
  space.touch()
  return space.it.count
end

-- Tell everybody who listens that something is due, if it is earlier than they know.
function space.tellDue(at)
  if space.it.due and at >= space.it.due then return end
  space.it.due = at
  space.touch()
  lib.effects.publish(root .. ':clock', cmsgpack.pack({ due = at }))
end
