const LONGEST = 80

/** A value as an error message shows it: short, on one line, and without running code of the value's own. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? `${value}n` : 'a bigint'
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'symbol') return 'a symbol'
  if (typeof value !== 'object' || value === null) return String(value)
  return isArray(value) ? 'an array' : 'an object'
}

// Asking that of a revoked proxy throws.
function isArray(value: object): boolean {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}

function quoted(text: string): string {
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return `'${JSON.stringify(shown).slice(1, -1).replaceAll('\\"', '"')}'`
}
