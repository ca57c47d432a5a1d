-- The short way, for calls in which all is plain: jobs without edges, claims that pass over nothing, and
-- successes. Most calls are, and so they need none of the tables and functions that the others are made of. It reads,
-- reckons, and writes at its end; if anything is not plain it answers nothing, having written nothing, and the whole call
-- goes the long way, with what was read.
local LAYOUT = 4
-- Lengths above this do not fit in a byte; the name of a queue that records leave out. See `jobs.lua`.
local MOST_IN_BYTE = 255
local USUAL = 'default'

-- The numbers at the end of the record of the namespace, and places among them; besides, what stands before; see `space.lua`.
local SPACE, SPACE_BYTES = '<dddddddddd>I6I6', 92
local CLOCK_OFFSET, DUE, WORK_HEAD, WORK_TAIL, ENDED, BLOCK_MINUTE, EXPENDABLE, MINUTE = 1, 3, 4, 5, 6, 7, 8, 9
local BLOCK_SIZE, COUNT, NOW, BLOCK = 10, 11, 12, 13
-- Those of a session; besides, its takes once they are read; see `sessions.lua`.
local SESSION, SESSION_BYTES, SESSION_LANE, SESSION_TAKE = '<I4I4ddddd>I6', 54, '<I4I6B', 'I4'
local LANES, TAKE_COUNT, LEASE, EPOCH, LEASE_END, TURN, HELD, HEARD, TAKES = 1, 2, 3, 4, 5, 6, 7, 8, 9
local LANES_AT, LANE_BYTES, TAKE_BYTES, MOST_TAKES = 2, 11, 4, 1000

-- The namespace; the session that calls, as it was read, where its lane is in that, and the call's number once it is applied.
local namespace, caller, callerId, said, laneAt, applied, now, micros
-- What a long record says of the owner, the result and the rest of a job that the caller has and that has nothing special; and
-- what a running one says of the owner.
local ownership, owned

-- Jobs that the call names, as they were read.
local asRead

-- What is to be written: pairs, fields, commands in the order of `effects.lua`, messages.
local set, gone, adds, removals, told, hints = {}, {}, {}, {}, {}, {}

-- Queues that were read: by name, and in their order.
local queueOf, known = {}, {}

-- What is taken so far; `handed`: the answer in pieces, `ids`: those of jobs together; `constant`: what is the same in all that
-- one call takes.
local slots, ahead, bytes, handed, ids, taken, take, constant
-- Values that what is taken has as arguments, and their places among them.
local handedValues, placeOf = {}, {}
-- Places among what is to be written of jobs that are changed before they are taken.
local renewed = {}
-- Counts of what the caller took at once that came to nothing: their fields go, unless they are used anew.
local freed = {}
-- Lengths as they stand before strings, by number.
local lengths = {}

-- What is called for each job: to look a function up by its name takes two searches, as long as a short one works.
local ofBytes, cut, byteOf, seek = struct.unpack, string.sub, string.byte, string.find
