-- What comes to a line: ids (`came`, `cameCount`), and where each run of them begins, with what is added to a place to
-- have its position (`runs`). It goes to the tail (`last`, `tailCount`); what is full leaves that (`blocks`).
for index = 1, #runs, 2 do
  local from, skew, to = runs[index], runs[index + 1], (runs[index + 2] or cameCount + 1) - 1
  while from <= to do
    local upTo = from + MOST_AT_TAIL - tailCount - 1
    if upTo > to then upTo = to end
    local ids = upTo == from and came[from] or table.concat(came, '', from, upTo)
    last = last .. struct.pack('>I6B', from + skew, upTo - from + 1) .. ids
    tailCount, from = tailCount + upTo - from + 1, upTo + 1
    if tailCount >= MOST_AT_TAIL or #last > MOST_TAIL_BYTES then
      blocks = blocks or {}
      blocks[#blocks + 1], last, tailCount = last, '', 0
    end
  end
end
