-- Records of jobs, cut and joined as in `forms.lua`.

local function noteHistory(rare, what)
  if #rare.history >= 100 then return false end
  rare.history[#rare.history + 1] = { what, now, callerId }
  return true
end

-- Whether all that a job has besides is in a list of names, with a space on either side of each.
local function isAmong(rare, names)
  for name in pairs(rare) do
    if not string.find(names, ' ' .. name .. ' ', 1, true) then return false end
  end
  return true
end

-- Whether what few jobs have does not matter where it is only moved.
local function isMoved()
  return true
end

-- What stands behind the numbers of a long record. `rare`: false if there is nothing, or nothing but what does not
-- matter as packed, nil if it is not plain.
local function longOf(raw, doesNotMatter)
  local high, low = string.byte(raw, 90, 91)
  local ownedAt = 92 + high * 256 + low
  local bodyAt = ownedAt + #ownership
  -- A job that the caller has, and that has nothing special.
  if string.sub(raw, ownedAt, bodyAt - 1) == ownership then
    return {
      reply = string.sub(raw, 92, ownedAt - 1), last = callerId, result = '', rest = '', rare = false, bodyAt = bodyAt
    }
  end
  local reply, last, result, rest
  reply, last, result, rest, bodyAt = struct.unpack('>I2c0I2c0I4c0I4c0', raw, 90)
  local isLeft = rest == '' or doesNotMatter and doesNotMatter(rest)
  local found = isLeft and { false, false } or cmsgpack.unpack(rest)
  local rare = found[1]
  if found[2] then rare = nil end
  return { reply = reply, last = last, result = result, rest = rest, rare = rare, bodyAt = bodyAt }
end

-- What a record keeps of the part that few jobs have.
local function restOf(rare)
  return rare and next(rare) and cmsgpack.pack({ rare, false }) or ''
end

-- The long record of a job that waited, once it is claimed. `place`: take, epoch, lane and number, packed.
local function claimedOf(raw, long, attempt, token, at, flags, place, owner)
  local rest = long.rest
  return string.sub(raw, 1, 1) .. '\4\0' .. string.sub(raw, 4, 31) .. struct.pack('>I4', attempt) .. string.sub(raw, 36, 43) ..
    struct.pack('>I7I6', token, at) .. string.sub(raw, 57, 62) .. string.char(flags) .. place .. string.sub(raw, 82, 89) ..
    struct.pack('>I2c0I2c0I4I4c0', #long.reply, long.reply, #owner, owner, 0, #rest, rest) .. string.sub(raw, long.bodyAt)
end

-- Task, time and input of a brief record as they stand in others. `at`: where the task is, behind its length.
local function widened(raw, at)
  local task, since, inputAt = struct.unpack('>Bc0I5', raw, at)
  return struct.pack('>Bc0BI6', #task, task, 0, BRIEF_SINCE + since) .. string.sub(raw, inputAt)
end

-- The record of a job that was long before its first claim, or that has succeeded in that, in the long form.
local function lengthened(raw)
  if string.byte(raw) == 4 then
    local flags, epoch, lane, number, slot, token, owner, from = struct.unpack('>BI4I4I6I4I7Bc0', raw, 2)
    local before, place = string.sub(raw, from), struct.pack('>I4I4I4I6', slot, epoch, lane, number)
    return claimedOf(before, longOf(before, isMoved), 1, token, math.floor(token / 1000), flags, place, owner)
  end
  local over, endedAt, flags, position, result, token, last, bodyAt = struct.unpack('>dI6BI6I2c0I7Bc0', raw, 2)
  return struct.pack(
    '>BBBI6I6i4I4dI4I4I4I7I6I6BI4I4I4I6dI2I2c0I4c0I4', 3, 5, 5, position, position, 0, 1, 0, 1, 0, 0, token,
    math.floor(token / 1000), endedAt, flags, 0, 0, 0, 0, over, 0, #last, last, #result, result, 0
  ) .. (string.byte(raw) == 6 and widened(raw, bodyAt) or string.sub(raw, bodyAt))
end

-- A record that was never short, or is of a job that has ended, as it is changed while its job waits; `rare` nil if it
-- is not plain.
local function partsOf(raw)
  if string.byte(raw) > 3 then raw = lengthened(raw) end
  local long = longOf(raw)
  local rare = long.rare
  if rare == false then rare = {} end
  return {
    form = string.sub(raw, 1, 1), front = string.sub(raw, 2, 15), result = long.result, rare = rare,
    body = string.sub(raw, long.bodyAt), middle = string.sub(raw, 16, long.bodyAt - 1 - #long.rest - 4)
  }
end

local function joined(parts)
  local rest = restOf(parts.rare)
  return parts.form .. parts.front .. parts.middle .. struct.pack('>I4', #rest) .. rest .. parts.body
end
