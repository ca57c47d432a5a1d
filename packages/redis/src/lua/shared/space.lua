-- The namespace: its clock, its counters, and what it has to do next.
local LAYOUT = 2
local FIELD = 'm'

local function decode(raw)
  local r = cmsgpack.unpack(raw)
  return {
    layout = r[1], offset = r[2], now = r[3], count = r[4], sweptAt = r[5], due = r[6], workHead = r[7], workTail = r[8],
    ended = r[9], bucket = r[10], expendable = r[11], minute = r[12]
  }
end

local function encode(s)
  return cmsgpack.pack({
    s.layout, s.offset, s.now, s.count, s.sweptAt, s.due, s.workHead, s.workTail, s.ended, s.bucket, s.expendable, s.minute
  })
end

local function made()
  return {
    layout = LAYOUT, offset = 0, now = 0, count = 0, sweptAt = false, due = false, workHead = 1, workTail = 1, ended = 0,
    bucket = false, expendable = 0, minute = 0
  }
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
