-- Takes the jobs of a session back, one step each. An item: { kind = 'takeback', session, begun, charges, suspect }.

-- The session's end: `how` is 'lost' or 'closed'. Its claims are void from now on.
function takebacks.begin(session, how)
  session.ended = how
  lib.sessions.touch(session)
  local suspect = false
  if how == 'lost' and session.suspect then
    local job = lib.jobs.get(session.suspect)
    suspect = job and not job.ahead and session.suspect
  end
  lib.work.add({
    kind = 'takeback', session = session.id, begun = session.begun, charges = how == 'lost', suspect = suspect
  })
end

local function back(job, session)
  lib.history.note(job, 'lease-lost', session.id)
  lib.sessions.letGo(job)
  lib.places.enlistInFront(job)
end

local function charge(job, session)
  local most = job.rare and job.rare.maxCrashes or lib.sessions.maxCrashes(session, job.task) or 3
  job.crashes = job.crashes + 1
  if job.crashes < most then return back(job, session) end
  lib.ends.fail(job, lib.failures.lost(job))
end

local function takeBack(item, job, session)
  local canceling = job.rare and job.rare.canceling
  if canceling then return lib.ends.cancel(job, canceling[2]) end
  if not item.charges then return lib.settles.giveBack(job, 0) end
  if job.ahead then job.attempt = job.attempt - 1 end
  local isCharged
  if item.suspect then isCharged = job.id == item.suspect else isCharged = not job.ahead end
  if isCharged then return charge(job, session) end
  back(job, session)
end

-- Do at most `budget` steps; answers how many.
function takebacks.run(item, budget)
  local session = lib.sessions.get(item.session)
  -- Another session may have begun under this id.
  if not session or session.begun ~= item.begun then return 0 end
  local steps = 0
  for _, job in ipairs(lib.sessions.heldJobs(session, budget)) do
    if steps == budget then return steps end
    takeBack(item, job, session)
    steps = steps + 1
  end
  -- Fewer than asked for: there are no more, whatever the count says.
  if session.ended == 'closed' and (session.held == 0 or steps < budget) then lib.sessions.forget(session) end
  return steps
end

-- Take on with a session that left, before another one may begin under its id.
function takebacks.goOn(session, budget)
  takebacks.run({ session = session.id, begun = session.begun, charges = false, suspect = false }, budget)
end
