-- Store news of claimed jobs. KEYS[1]: root.
-- ARGV[1]: { call, entries { id, token, progress, output, skipped, lines } }, false where there is none.
-- Answers { 'ok', answers }: false if each was `ok`, else `ok`, `lost` or `canceled` for each; or a refusal.
local call, entries = request[1], request[2]
local fields = { 's' .. call[1] }
for _, entry in ipairs(entries) do fields[#fields + 1] = entry[1] end
if not lib.space.open(fields) then return answer('layout') end
local session, applied = lib.sessions.admit(call)
if not session then return cmsgpack.pack(applied) end
if applied then return answer('ok', lib.sessions.answers(session, call)) end

local function append(entry)
  local job = lib.jobs.get(entry[1])
  if not job or not lib.jobs.isClaimedWith(job, entry[2]) then return 'lost' end
  local rare = lib.jobs.rare(job)
  if entry[3] then rare.progress = entry[3] end
  if entry[4] then
    lib.blobs.free(rare.output)
    rare.output = lib.blobs.keep(entry[4])
  end
  if entry[5] or entry[6] then lib.journals.add(job, entry[5] or 0, entry[6] or {}) end
  for _, follower in ipairs(rare.followers or {}) do lib.effects.tellNews(follower, job.id) end
  return rare.canceling and 'canceled' or 'ok'
end

local answers = {}
local isPlain = true
for at, entry in ipairs(entries) do
  answers[at] = append(entry)
  if answers[at] ~= 'ok' then isPlain = false end
end
local kept = not isPlain and answers
lib.sessions.remember(session, call, kept)
lib.effects.flush()
return answer('ok', kept)
