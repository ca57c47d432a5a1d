-- The short way, for calls in which all is plain: jobs without edges, claims that pass over nothing, and
-- successes. Most calls are, and so they need none of the tables and functions that the others are made of. It reads,
-- reckons, and writes at its end; if anything is not plain it answers nothing, having written nothing, and the whole
-- call goes the long way, with what was read.
local LAYOUT = 5
-- Lengths above this do not fit in a byte; the name of a queue that records leave out. See `forms.lua`.
local MOST_IN_BYTE = 255
local USUAL = 'default'
-- What is above the length of the task in the form of a brief record; the longest such task; positions, time in ms, and
-- how long from then on, for which there is room in one.
local BRIEF, MOST_BRIEF_TASK, BRIEF_POSITIONS, BRIEF_SINCE, BRIEF_MS = 16, 239, 4294967296, 1577836800000, 1099511627776

-- The numbers at the end of the record of the namespace, and places among them; besides, what stands before; see
-- `space.lua`.
local SPACE, SPACE_BYTES = '<dddddddddd>I6I6', 92
local CLOCK_OFFSET, DUE, WORK_HEAD, WORK_TAIL, ENDED, BLOCK_MINUTE, EXPENDABLE, MINUTE = 1, 3, 4, 5, 6, 7, 8, 9
local BLOCK_SIZE, COUNT, NOW, BLOCK = 10, 11, 12, 13
-- Those of a session; besides, its takes once they are read; see `sessions.lua`.
local SESSION, SESSION_BYTES, SESSION_LANE, SESSION_TAKE = '<I4I4ddddd>I6', 54, '<I4I6B', 'I4'
local LANES, TAKE_COUNT, LEASE, EPOCH, LEASE_END, TURN, HELD, HEARD, TAKES = 1, 2, 3, 4, 5, 6, 7, 8, 9
local LANES_AT, LANE_BYTES, TAKE_BYTES, MOST_TAKES = 2, 11, 4, 1000

-- What one command is given at once.
local CHUNK = 4000
-- Queues and lines; see `queues.lua` and `lines.lua`.
local QUEUE, QUEUE_BYTES, LINE, CLIENT = '<I2I2dddddddd>I6', 74, '<ddddddI4c0I4c0', '<I2c0'
local PRIORITY, LIVE, RETURNED, STALE, LISTED, TAIL_COUNT, HEAD, TAIL = 1, 2, 3, 4, 5, 6, 7, 8
local MOST_LINES = 8
-- So many jobs, or with so many bytes, leave the tail of a line as a block.
local MOST_AT_TAIL = 16
local MOST_TAIL_BYTES = 2048
-- What the record of a job begins with that others wait for, or that waits for others or did so; what stands in this.
-- See `needs.lua`.
local AWAITED, NEEDING, NEEDS = 8, 9, '>xI6I4c0I4c0'
-- What ids begin with that are uuids.
local UUID = 117
