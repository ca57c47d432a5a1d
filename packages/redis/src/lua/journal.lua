-- Lines of a job's journal. KEYS[1]: root. ARGV[1]: { id, after, limit }.
-- Answers { 'ok', { series, last, lines { number, text } } }, or { 'ok', false }.
if not lib.space.open({ request[1] }) then return answer('layout') end
local job = lib.jobs.get(request[1])
return answer('ok', job and lib.journals.page(job, request[2], request[3]))
