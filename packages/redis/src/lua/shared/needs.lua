-- What stands before the short record of a job that waits for others or did so, and of one that others wait for: when
-- it was released, its edges, and its arguments; then the bag of those who wait.
local NEEDING, AWAITED = '>BI6I4c0I4c0', '>BI2c0'
local FORM = { awaited = 8, needing = 9 }
local MOST_AWAITING = 65535

local KNOWN = { released = true, edges = true, args = true, deps = true }

-- What a record has of that from some place on, and the place behind it.
function needs.parse(raw, at)
  local rare = {}
  if string.byte(raw, at) == FORM.needing then
    local _, released, edges, args, after = struct.unpack(NEEDING, raw, at)
    at = after
    if released > 0 then rare.released = released end
    if edges ~= '' then rare.edges = lib.edges.parse(edges) end
    if args ~= '' then rare.args = lib.values.parse(args) end
  end
  if string.byte(raw, at) == FORM.awaited then
    local _, bag, after = struct.unpack(AWAITED, raw, at)
    at, rare.deps = after, lib.bags.parse(bag)
  end
  return rare, at
end

local function packBag(bag)
  local packed = lib.bags.pack(bag)
  return packed and #packed <= MOST_AWAITING and struct.pack(AWAITED, FORM.awaited, #packed, packed) or nil
end

-- What few jobs have as it stands before a short record; nil if there is more, or it does not fit there.
function needs.pack(rare)
  for name in pairs(rare) do
    if not KNOWN[name] then return nil end
  end
  local bag = rare.deps and packBag(rare.deps) or not rare.deps and ''
  local args = lib.values.pack(rare.args or {})
  if not bag or not args then return nil end
  if not (rare.released or rare.edges or rare.args) then return bag end
  local edges = lib.edges.pack(rare.edges or {})
  return struct.pack(NEEDING, FORM.needing, rare.released or 0, #edges, edges, #args, args) .. bag
end
