-- Plain jobs: new ids, a small input, edges to few jobs that are plain too. All of it is one function, whose names are
-- close at hand, and which makes no other one unless a job has more than most: see `storing.lua`.
local MOST_INLINE = 1024
-- A queue: its lines, how many clients wait, drains, counts by state, name, record, and where the clients stand in
-- that.
local LINES, WAITS, DRAINS, DEFERRED, SCHEDULED, ENQUEUED, NAME, RECORD, CLIENTS = 1, 2, 3, 4, 5, 6, 11, 12, 13
-- What comes to a line: ids, and the runs of them.
local FRESH, RUNS = 9, 10

-- What is to be written: the first queue's record, then those of jobs; how many values that is.
local set, written = { fields[3], '', fields[4], '' }, 2
-- Places of the jobs' records among those, by id, where there is more than one.
local stored = asked[7] and {}
local known, hints = {}, nil
-- Queue and task of the job before, with what stands before its input, and what does around its position if its record
-- can be brief; the line that most go to, and what comes to that: ids, how many, runs, and
-- what is added to a place of the last run to have its position.
local queue, task, head, lead, brief, line, fresh, freshCount, runs, skew
-- What few jobs need, once one has come.
local storing
local owned = string.char(#callerId) .. callerId
name = nil

for at = 1, #asked, 6 do
  local id, input, more, place = asked[at], asked[at + 3], asked[at + 5], (at + 23) / 6
  if found[place] or #input > MOST_INLINE + 1 or stored and stored[id] then return nil end
  if stored then stored[id] = written + 2 end
  if asked[at + 2] ~= name or asked[at + 1] ~= task then
    --> naming
  end
  if more or not line then
    --> storing
    if not storing.store(at, more) then return nil end
    if line then
      freshCount, runs = #fresh, line[RUNS]
      skew = runs and runs[#runs]
    end
  else
    count, written, freshCount = count + 1, written + 2, freshCount + 1
    local hasReply = asked[at + 4] % 2 == 1
    if lead and not hasReply and count < BRIEF_POSITIONS then
      set[written - 1], set[written] = id, lead .. toBytes('>I4', count) .. brief .. input
    else
      set[written - 1], set[written] = id, toBytes('>BI6', 1, count) .. (hasReply and owned or '\0') .. head .. input
    end
    fresh[freshCount] = id
    if count - freshCount ~= skew then
      skew = count - freshCount
      if runs then
        runs[#runs + 1] = freshCount
        runs[#runs + 1] = skew
      else
        runs = { freshCount, skew }
        line[RUNS] = runs
      end
    end
  end
end
if storing then storing.finish() end
--> closing
