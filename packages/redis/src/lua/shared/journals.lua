-- What jobs write while they run: the newest lines, in chunks of their own. In the record:
-- { last, kept, chunks }, a chunk being { number of its field, how many lines, how many of them were dropped since }.
local MOST_LINES = 1000
local MOST_IN_CHUNK = 50
local MOST_CHUNK_BYTES = 64 * 1024

local function field(number)
  return 'n' .. string.format('%.0f', number)
end

local function load(number)
  return lib.store.load(field(number), cmsgpack.unpack) or {}
end

local function bytesOf(entries)
  local bytes = 0
  for _, entry in ipairs(entries) do bytes = bytes + #entry[2] end
  return bytes
end

local function push(journal, text)
  local chunks = journal[3]
  local chunk = chunks[#chunks]
  local entries = chunk and load(chunk[1])
  if not chunk or chunk[2] >= MOST_IN_CHUNK or bytesOf(entries) >= MOST_CHUNK_BYTES then
    chunk = { lib.space.count(), 0, 0 }
    entries = {}
    chunks[#chunks + 1] = chunk
  end
  journal[1] = journal[1] + 1
  journal[2] = journal[2] + 1
  chunk[2] = chunk[2] + 1
  entries[chunk[2]] = { journal[1], text }
  lib.store.save(field(chunk[1]), entries, cmsgpack.pack)
end

local function trim(journal)
  local chunks = journal[3]
  while journal[2] > MOST_LINES do
    local first = chunks[1]
    local gone = math.min(journal[2] - MOST_LINES, first[2] - first[3])
    first[3] = first[3] + gone
    journal[2] = journal[2] - gone
    if first[3] == first[2] then
      lib.store.drop(field(first[1]))
      table.remove(chunks, 1)
    end
  end
end

-- Add lines; the numbers of those that were dropped before them are passed over.
function journals.add(job, skipped, texts)
  local rare = lib.jobs.rare(job)
  rare.journal = rare.journal or { 0, 0, {} }
  rare.journal[1] = rare.journal[1] + skipped
  for _, text in ipairs(texts) do push(rare.journal, text) end
  trim(rare.journal)
end

-- The oldest lines after a number: series, number of the newest line, lines { number, text }.
function journals.page(job, after, limit)
  local journal = job.rare and job.rare.journal or { 0, 0, {} }
  local found = {}
  for _, chunk in ipairs(journal[3]) do
    if #found >= limit then break end
    for at, entry in ipairs(load(chunk[1])) do
      if at > chunk[3] and entry[1] > after and #found < limit then found[#found + 1] = entry end
    end
  end
  return { job.series, journal[1], found }
end

function journals.forget(job)
  local journal = job.rare and job.rare.journal
  if not journal then return end
  for _, chunk in ipairs(journal[3]) do lib.store.drop(field(chunk[1])) end
  job.rare.journal = nil
end
