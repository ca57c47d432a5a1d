-- Lines and what comes to them, for jobs that are more than usual.

-- The line of a priority among those of a queue, made if there is room for it.
local function lineOf(lines, priority)
  local place = #lines + 1
  for at = 1, #lines do
    local each = lines[at]
    if each[PRIORITY] == priority then return each end
    if each[PRIORITY] < priority then
      place = at
      break
    end
  end
  if #lines >= MOST_LINES then return nil end
  local made = { priority, 0, 0, 0, 0, 0, '', '', false }
  table.insert(lines, place, made)
  return made
end

-- Put a job at the end of a line.
local function lineUp(line, id, position)
  local fresh, runs = line[FRESH] or {}, line[RUNS] or {}
  line[FRESH], line[RUNS] = fresh, runs
  local at = #fresh + 1
  fresh[at] = id
  if runs[#runs] == position - at then return end
  runs[#runs + 1] = at
  runs[#runs + 1] = position - at
end
