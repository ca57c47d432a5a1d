/**
 * How many steps from the root the tagged values of a text may take together, when it is written. superjson spells out
 * the path to each, but for what Maps and Sets share; only those nested very deep, with very many values in them, come
 * near the limit.
 */
export function mostTagSteps(textLength: number): number {
  return 2 * textLength + 1_000_000
}

/** The same when it is read: enough for the places of Deferreds too, which spell out their paths. */
export function mostSteps(textLength: number): number {
  return 2 * mostTagSteps(textLength)
}
