-- Before every script. KEYS[1]: the namespace's root key, from which all others are built. ARGV[1]: what is asked,
-- packed.
local root = KEYS[1]
local request = cmsgpack.unpack(ARGV[1])

-- Fields of the root hash as they were read, false for one that is not there; and the time, once it was asked for.
local raws = {}
local clock
