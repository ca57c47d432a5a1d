/** Fields that two runs of the same thing may differ in: times, and tokens, which come from times. */
const OWN = new Set(['at', 'createdAt', 'claimedAt', 'endedAt', 'runAt', 'resultUntil', 'seenAt', 'token'])

/** A copy without what two runs of the same thing may differ in, to compare them. */
export function timeless(found: unknown): unknown {
  if (found instanceof Map) return new Map([...found].map(([key, each]) => [key, timeless(each)] as const).sort(byKey))
  if (Array.isArray(found)) return found.map(timeless)
  if (found instanceof Uint8Array || typeof found !== 'object' || found === null) return found
  const own = Object.entries(found).filter(([key, each]) => !OWN.has(key) && each !== undefined)
  return Object.fromEntries(own.map(([key, each]) => [key, timeless(each)]))
}

function byKey([left]: readonly [unknown, unknown], [right]: readonly [unknown, unknown]): number {
  return String(left) < String(right) ? -1 : 1
}
