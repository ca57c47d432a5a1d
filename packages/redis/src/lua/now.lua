-- The namespace's time, and its clock moved on. KEYS[1]: root. ARGV[1]: { ms to move it by, 0 to leave it }.
-- Answers { 'ok', ms since the epoch }.
if not lib.space.open({}) then return answer('layout') end
if request[1] ~= 0 then
  lib.space.it.offset = lib.space.it.offset + request[1]
  lib.space.touch()
  lib.effects.flush()
end
return answer('ok', lib.space.now + request[1])
