-- A part of a result. KEYS[1]: root. ARGV[1]: { id, series, offset, length }.
-- Answers { 'ok', kind, size, bytes } or { 'ok' }.
local id, number = request[1], request[2]
if not lib.space.open({ id }) then return answer('layout') end
local blob = lib.values.find(id, number)
if not blob then return answer('ok') end
return answer('ok', lib.blobs.part(blob, request[3], request[4]))
