-- Records of jobs. KEYS[1]: root. ARGV[1]: ids. Answers { 'ok', records }: false for an unknown id.
if not lib.space.open({}) then return answer('layout') end
lib.jobs.prefetch(request)
local found = {}
for at, id in ipairs(request) do
  local job = lib.jobs.get(id)
  found[at] = job and lib.records.of(job)
end
return answer('ok', found)
