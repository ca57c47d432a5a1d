-- What plain claims and settlements know, around the one function that holds all of theirs.

-- The namespace; the session that calls, as it was read, where its lane is in that, and the call's number once it is
-- applied.
local namespace, caller, callerId, said, laneAt, applied, now, micros
-- What a long record says of the owner, the result and the rest of a job that the caller has and that has nothing
-- special; and what a running one says of the owner.
local ownership, owned

-- Fields that the call names, and what was read of them.
local namesRead, asRead

-- What is to be written: pairs, fields, commands in the order of `effects.lua`, messages.
local set, gone, adds, removals, told, hints = {}, {}, {}, {}, {}, {}

-- Queues that were read: by name, and in their order.
local queueOf, known = {}, {}

-- What is taken so far; `handed`: the answer in pieces, `ids`: those of jobs together; `constant`: what is the same in
-- all that one call takes.
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
