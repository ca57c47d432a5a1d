-- A job whose task or queue is not that of the job before.
local given = asked[at + 2]
task = asked[at + 1]
if #task > MOST_IN_BYTE or #given > MOST_IN_BYTE or given == '' then return nil end
if given ~= name then
  name, queue = given, nil
  for index = 1, #known do
    if known[index][NAME] == name then queue = known[index] end
  end
  if not queue then
    local raw
    for index = 3, #fields do
      if fields[index] == 'q' .. name then raw = found[index] end
    end
    if not raw or byteOf(raw) ~= 1 then return nil end
    local lineCount, waits, drains, a, b, c, d, e, f, g = ofBytes(QUEUE, raw, #raw - QUEUE_BYTES + 1)
    local lines, from = {}, 2
    for index = 1, lineCount do
      local priority, live, returned, stale, listed, tailCount, first, last, after = ofBytes(LINE, raw, from)
      lines[index], from = { priority, live, returned, stale, listed, tailCount, first, last, false }, after
    end
    queue = { lines, waits, drains, a, b, c, d, e, f, g, name, raw, from }
    known[#known + 1] = queue
  end
  -- Where most go: the only line, or the last one.
  local lines = queue[LINES]
  line = lines[#lines]
  if not line then
    line = { 0, 0, 0, 0, 0, 0, '', '', false }
    lines[1] = line
  end
  if line[PRIORITY] == 0 then
    fresh, runs = line[FRESH] or {}, line[RUNS]
    line[FRESH], freshCount, skew = fresh, #fresh, runs and runs[#runs]
  else
    line = nil
  end
end
local shown = name == USUAL and '' or name
head = toBytes('>Bc0Bc0I6', #task, task, #shown, shown, now)
local since = now - BRIEF_SINCE
lead = shown == '' and #task <= MOST_BRIEF_TASK and since >= 0 and since < BRIEF_MS and string.char(BRIEF + #task)
brief = lead and task .. toBytes('>I5', since)
