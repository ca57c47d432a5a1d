/**
 * How many steps from the root the tagged values of a text may take together. superjson spells out the path to each,
 * but for what Maps and Sets share; only those nested very deep, with very many values in them, come near the limit.
 */
export function mostTagSteps(textLength: number): number {
  return 8 * textLength + 10_000
}
