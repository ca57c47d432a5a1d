-- Open a session. KEYS[1]: root.
-- ARGV[1]: { session, leaseMs, policies { task, maxCrashes, … }, label, tasks, queues, owner, revision }.
-- Answers { 'ok', true }; { 'ok', false } if one of this id left that jobs are still taken from: to be called again
-- then.
frees = true
local id = request[1]
if not lib.space.open({ 's' .. id }) then return answer('layout') end

local function describe(session)
  session.policies = {}
  for at = 1, #request[3], 2 do session.policies[request[3][at]] = request[3][at + 1] end
  session.revision = request[8]
  lib.store.save('S' .. id, { request[4], request[5], request[6] }, cmsgpack.pack)
  lib.sessions.touch(session)
end

local session = lib.sessions.get(id)
if session and session.ended == 'closed' and session.held > 0 then
  lib.takebacks.goOn(session, INLINE_STEPS)
  lib.effects.flush()
  return answer('ok', false)
end
if not session or session.ended == 'closed' then
  session = lib.sessions.make(id)
  session.leaseMs = request[2]
  session.owner = request[7]
  describe(session)
  lib.effects.add('SADD', root .. ':sessions', id)
elseif request[8] > session.revision then
  describe(session)
end
lib.effects.flush()
return answer('ok', true)
