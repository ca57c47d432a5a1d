const FIRST_MS = 20
const LONGEST_MS = 500

/** Pause before the n-th try in a row to connect anew, in ms: 20 doubled up to 500, the upper half random. */
export function retryDelayMs(tries: number, random: () => number = Math.random): number {
  const delayMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 10))
  return delayMs * (0.5 + random() / 2)
}
