-- Jobs, as one script knows them: read at most once, changed in memory, written at the end; see `forms.lua`.
local UUID = 117

local known = {}

-- The job of an id, or false.
function jobs.get(id)
  local job = known[id]
  if job == nil then
    job = lib.store.load(id, lib.forms.decode)
    if job then job.id = id end
    known[id] = job
  end
  return job
end

-- A new job, with what it has not by default.
function jobs.make(job)
  known[job.id] = lib.forms.complete(job)
  jobs.touch(job)
  return job
end

function jobs.prefetch(ids)
  lib.store.prefetch(ids)
end

-- Write a job at the end.
function jobs.touch(job)
  if job.isTouched then return end
  job.isTouched = true
  lib.store.save(job.id, job, lib.forms.encode)
end

function jobs.drop(job)
  known[job.id] = false
  lib.store.drop(job.id)
end

-- The part of a record that few jobs have.
function jobs.rare(job)
  job.rare = job.rare or {}
  jobs.touch(job)
  return job.rare
end

function jobs.hasEnded(job)
  return job.state >= 5
end

-- Whether a token speaks for the current claim of a job.
function jobs.isClaimedWith(job, token)
  if job.state ~= STATE.processing or job.token ~= token then return false end
  local owner = lib.sessions.get(job.owner)
  return owner and not owner.ended
end

-- Whether the job has a crash behind it.
function jobs.isSuspect(job)
  return job.crashes > 0
end

local function hexOf(bytes)
  return (string.gsub(bytes, '.', function(byte) return string.format('%02x', string.byte(byte)) end))
end

-- The id at some place of a string, and the place behind it. An id is `u` and the 16 bytes of a uuid, or `i`, a length
-- in two bytes, and a text: so it tells itself where it ends, and is the name of its field.
function jobs.idAt(text, at)
  local size = string.byte(text, at) == UUID and 17 or 3 + struct.unpack('>I2', text, at + 1)
  return string.sub(text, at, at + size - 1), at + size
end

-- The ids that follow each other in a string.
function jobs.idsIn(text)
  local found = {}
  local at = 1
  while at <= #text do found[#found + 1], at = jobs.idAt(text, at) end
  return found
end

-- An id as people write it.
function jobs.shown(id)
  if string.byte(id) ~= UUID then return string.sub(id, 4) end
  local hex = hexOf(string.sub(id, 2))
  return table.concat({
    string.sub(hex, 1, 8), string.sub(hex, 9, 12), string.sub(hex, 13, 16), string.sub(hex, 17, 20), string.sub(hex, 21)
  }, '-')
end
