-- A plain claim, see `claim.lua` of the operations.
frees = true

local function claimAll()
  local call, asked, client = request[1], request[2], request[3]
  local fields = {}
  for at, name in ipairs(asked[4]) do fields[at] = 'q' .. name end
  if not open(call, fields) or not readTakes() then return nil end
  local claimed = claimPlainly(call, asked)
  if not claimed then return nil end
  -- One that found nothing may be made again with the same number.
  if claimed[1] > 0 then
    applied = call[4]
  elseif client and not waitFor(asked[4], client) then
    return nil
  end
  finish()
  return joinHanded(answer('ok', claimed))
end

local reply = claimAll()
if reply then return reply end
