-- What happened to a job. A plain life follows from the stamps of its record; it is written out when something rare
-- comes.
local MOST = 100
local NAMES = { [5] = 'success', [6] = 'failed', [7] = 'canceled' }

local function plain(job)
  local found = { { 'enqueued', job.createdAt, false } }
  if job.rare and job.rare.released then found[2] = { 'released', job.rare.released, false } end
  if job.claimedAt > 0 then found[#found + 1] = { 'claimed', job.claimedAt, job.lastOwner } end
  if lib.jobs.hasEnded(job) then
    found[#found + 1] = { NAMES[job.state], job.endedAt, job.claimedAt > 0 and job.lastOwner }
  end
  return found
end

-- The first entry stays, the oldest of the others goes.
local function push(entries, entry)
  if #entries >= MOST then table.remove(entries, 2) end
  entries[#entries + 1] = entry
end

function history.of(job)
  return job.rare and job.rare.history or plain(job)
end

-- Keep it as entries from now on, because the stamps are about to change.
function history.writeOut(job)
  local rare = lib.jobs.rare(job)
  rare.history = rare.history or plain(job)
  return rare.history
end

-- Note what the stamps do not tell.
function history.note(job, what, session)
  push(history.writeOut(job), { what, lib.space.now, session or false })
end

-- Note what the stamps tell, unless it is written out.
function history.noteStamped(job, what, session)
  local entries = job.rare and job.rare.history
  if entries then push(entries, { what, lib.space.now, session or false }) end
end

-- Note that the job waits for no other one any more: one more stamp, while nothing rare has come.
function history.noteReleased(job)
  if job.rare and job.rare.history then return history.note(job, 'released') end
  lib.jobs.rare(job).released = lib.space.now
end
