-- Results. One that nobody else has is kept in its job's record. A small one is copied to those who need it; a larger
-- one that is shared is a value of its own, named by the job that made it and its series, that counts who has it
-- (`holders`) and who needs it as an argument (`pins`). So what stands for a result is a blob or a reference { id,
-- series }.
local MOST_COPIED = 128

local function field(id, series)
  return 'v' .. string.format('%.0f', series) .. ':' .. id
end

local function decode(raw)
  local r = cmsgpack.unpack(raw)
  return { payload = r[1], holders = r[2], pins = r[3] }
end

local function encode(v)
  return cmsgpack.pack({ v.payload, v.holders, v.pins })
end

function values.get(id, series)
  return lib.store.load(field(id, series), decode)
end

function values.prefetch(refs)
  local fields = {}
  for at, ref in ipairs(refs) do fields[at] = field(ref[1], ref[2]) end
  lib.store.prefetch(fields)
end

local function change(ref, holders, pins)
  local value = values.get(ref[1], ref[2])
  value.holders = value.holders + holders
  value.pins = value.pins + pins
  if value.holders + value.pins > 0 then return lib.store.save(field(ref[1], ref[2]), value, encode) end
  lib.blobs.free(value.payload)
  lib.store.drop(field(ref[1], ref[2]))
end

-- Make this the result of a job: a blob, or a reference to a value.
function values.hold(job, result)
  job.result = result
  lib.jobs.touch(job)
  if type(result) == 'table' then change(result, 1, 0) end
end

-- The result of a job as a reference, or false.
function values.share(job)
  local result = job.result
  if not result or type(result) == 'table' then return result end
  local ref = { job.id, job.series }
  lib.store.save(field(job.id, job.series), { payload = result, holders = 1, pins = 0 }, encode)
  job.result = ref
  lib.jobs.touch(job)
  return ref
end

-- What others get of the result of a job: a small one itself, else a reference; false if there is none.
function values.lend(job)
  local result = job.result
  if type(result) == 'string' and #result <= MOST_COPIED + 1 and lib.blobs.isInline(result) then return result end
  return values.share(job)
end

-- A job's result goes; whoever needs it as an argument keeps it.
function values.drop(job)
  local result = job.result
  if not result then return end
  job.result = false
  lib.jobs.touch(job)
  if type(result) == 'table' then change(result, -1, 0) else lib.blobs.free(result) end
end

-- Whether a job has a result that readers may still have.
function values.isThere(job)
  return job.result and job.resultUntil > lib.space.now
end

-- What stands for the payload of a result.
function values.blobOf(result)
  return type(result) == 'table' and values.get(result[1], result[2]).payload or result
end

function values.pin(value)
  if type(value) == 'table' then change(value, 0, 1) end
end

function values.unpin(value)
  if type(value) == 'table' then change(value, 0, -1) end
end

-- Whether an argument is a reference.
function values.isShared(argument)
  return type(argument) == 'table' and argument[1] == 1
end

-- The argument that hands a result on.
function values.argument(value)
  return type(value) == 'table' and { 1, value } or value
end

-- Fill an argument of a job, counted from 0: a small blob, { 1, ref } or { 2, failure }. A value stays until the job
-- needs it no more.
function values.fill(job, hole, argument)
  local args = job.rare and job.rare.args
  if not args then return end
  args[hole + 1] = argument
  lib.jobs.touch(job)
  if values.isShared(argument) then values.pin(argument[2]) end
end

-- Arguments as they follow each other in a string, a length of two bytes before each; nothing is one that is not there
-- yet. Nil if one of them is not a small blob.
function values.pack(args)
  local parts = {}
  for at, argument in ipairs(args) do
    if argument and (type(argument) ~= 'string' or #argument > MOST_COPIED + 1) then return nil end
    parts[at] = struct.pack('>I2c0', #(argument or ''), argument or '')
  end
  return table.concat(parts)
end

function values.parse(text)
  local args, at, argument = {}, 1, nil
  while at <= #text do
    argument, at = struct.unpack('>I2c0', text, at)
    args[#args + 1] = argument ~= '' and argument
  end
  return args
end

-- The job will not run again: its arguments are not needed.
function values.dropArguments(job)
  local args = job.rare and job.rare.args
  if not args then return end
  job.rare.args = nil
  lib.jobs.touch(job)
  for _, argument in ipairs(args) do
    if values.isShared(argument) then values.unpin(argument[2]) end
  end
end

-- What stands for the result of a job in one series, if it is kept for readers or needed by somebody.
function values.find(id, series)
  local job = lib.jobs.get(id)
  local result = job and job.series == series and job.result
  if not result then
    local value = values.get(id, series)
    return value and value.payload
  end
  if type(result) ~= 'table' then return values.isThere(job) and result end
  local value = values.get(result[1], result[2])
  return (value.pins > 0 or values.isThere(job)) and value.payload
end
