-- Job records. What most jobs leave empty stands at the end of a record and is cut off there, or is in `rare`.
local function decode(raw)
  local r = cmsgpack.unpack(raw)
  return {
    state = r[1], task = r[2], queue = r[3], input = r[4], createdAt = r[5], place = r[6], position = r[7],
    drains = r[8], reply = r[9] or false, priority = r[10] or 0, series = r[11] or 1, runAt = r[12] or 0,
    rare = r[13] or false, attempt = r[14] or 0, failures = r[15] or 0, crashes = r[16] or 0, token = r[17] or 0,
    claimedAt = r[18] or 0, endedAt = r[19] or 0, owner = r[20] or false, lastOwner = r[21] or false, slot = r[22] or 0,
    ahead = r[23] or false, isDecided = r[24] or false, claim = r[25] or false, result = r[26] or false,
    resultUntil = r[27] or 0
  }
end

local function encode(j)
  if j.token == 0 and j.endedAt == 0 then
    if not j.rare and j.priority == 0 and j.series == 1 and j.runAt == 0 then
      return cmsgpack.pack({ j.state, j.task, j.queue, j.input, j.createdAt, j.place, j.position, j.drains, j.reply })
    end
    return cmsgpack.pack({
      j.state, j.task, j.queue, j.input, j.createdAt, j.place, j.position, j.drains, j.reply, j.priority, j.series,
      j.runAt, j.rare
    })
  end
  return cmsgpack.pack({
    j.state, j.task, j.queue, j.input, j.createdAt, j.place, j.position, j.drains, j.reply, j.priority, j.series, j.runAt,
    j.rare, j.attempt, j.failures, j.crashes, j.token, j.claimedAt, j.endedAt, j.owner, j.lastOwner, j.slot, j.ahead,
    j.isDecided, j.claim, j.result, j.resultUntil
  })
end

-- The job of an id, or false.
function jobs.get(id)
  local job = store.load('j' .. id, decode)
  if job then job.id = id end
  return job
end

function jobs.prefetch(ids)
  local fields = {}
  for at, id in ipairs(ids) do fields[at] = 'j' .. id end
  store.prefetch(fields)
end

-- Write a job at the end.
function jobs.touch(job)
  store.save('j' .. job.id, job, encode)
end

function jobs.drop(job)
  store.drop('j' .. job.id)
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
  local owner = sessions.get(job.owner)
  return owner and not owner.ended
end

-- Whether the job has a crash behind it.
function jobs.isSuspect(job)
  return job.crashes > 0
end

-- An id as people write it: that of a uuid is kept in 16 bytes after a NUL, other ids that begin like it after a 1.
function jobs.shown(id)
  local first = string.byte(id)
  if first == 1 then return string.sub(id, 2) end
  if first ~= 0 then return id end
  local hex = string.gsub(string.sub(id, 2), '.', function(byte) return string.format('%02x', string.byte(byte)) end)
  return string.sub(hex, 1, 8) .. '-' .. string.sub(hex, 9, 12) .. '-' .. string.sub(hex, 13, 16) .. '-' ..
    string.sub(hex, 17, 20) .. '-' .. string.sub(hex, 21)
end
