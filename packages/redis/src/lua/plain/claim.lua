-- A plain claim, see `claim.lua` of the operations.
frees = true

local function waitFor(names, client)
  for _, name in ipairs(names) do
    local waiting = find(name).waiting
    local isKnown = false
    for _, each in ipairs(waiting) do isKnown = isKnown or each == client end
    if not isKnown then waiting[#waiting + 1] = client end
  end
end

local function claimAll()
  local call, asked, client = request[1], request[2], request[3]
  local fields = {}
  for at, name in ipairs(asked[4]) do fields[at] = 'q' .. name end
  if not open(call, fields) then return nil end
  local claimed = claimPlainly(call, asked)
  if not claimed then return nil end
  -- One that found nothing may be made again with the same number.
  if #claimed[1] > 0 then lane[2] = call[4] elseif client then waitFor(asked[4], client) end
  finish()
  return answer('ok', claimed)
end

local reply = claimAll()
if reply then return reply end
