-- Records of jobs. KEYS[1]: root. ARGV[1]: ids. Answers { 'ok', records }: false for an unknown id.
if not space.open({}) then return answer('layout') end
jobs.prefetch(request)
local found = {}
for at, id in ipairs(request) do
  local job = jobs.get(id)
  found[at] = job and records.of(job)
end
return answer('ok', found)
