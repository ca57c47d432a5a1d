import { hasEscapedKeys } from './awkward-keys.ts'
import type { CodecLimits } from './codec-limits.ts'
import { elementsBudget, plainBudget } from './plain-budget.ts'

/** JSON text of a value, if `JSON.parse` gives it back as it is; else `undefined`. */
export function plainText(value: unknown, limits: CodecLimits): string | undefined {
  return unlessThrown(() =>
    plainBudget(value, limits.maxDepth, limits.maxPayloadBytes) < 0 ? undefined : textOf(value),
  )
}

/** The same for the first `length` elements of a list. */
export function plainListText(list: readonly unknown[], length: number, limits: CodecLimits): string | undefined {
  return unlessThrown(() => {
    if (elementsBudget(list, length, limits.maxDepth - 1, limits.maxPayloadBytes) < 0) return undefined
    return textOf(length === list.length ? list : list.slice(0, length))
  })
}

function textOf(value: unknown): string | undefined {
  const text = JSON.stringify(value)
  return text.includes('\\') && hasEscapedKeys(value) ? undefined : text
}

/** `undefined` also if reading the value throws: the copy that is made next meets the same, and can say where. */
function unlessThrown(text: () => string | undefined): string | undefined {
  try {
    return text()
  } catch {
    return undefined
  }
}
