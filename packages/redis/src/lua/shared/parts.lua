-- Before the parts that scripts share, and the operation itself.
local STATE = { deferred = 1, scheduled = 2, enqueued = 3, processing = 4, success = 5, failed = 6, canceled = 7 }
local PLACE = { nowhere = 0, line = 1, returned = 2, parked = 3, ended = 4, expiring = 5 }
local EDGE = { value = 1, order = 2, forward = 3 }
local ON_ERROR = { fail = 1, pass = 2, wait = 3 }
local INLINE_STEPS = 256

-- The parts of the shared code, by the names of their files; each is made when it is first used, so that a script pays
-- for what it needs.
local define = {}
local defineRare
local lib = setmetatable({}, {
  __index = function(self, name)
    local part = {}
    self[name] = part
    if not define[name] then defineRare() end
    define[name](part)
    return part
  end
})
