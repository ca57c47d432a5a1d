/** One figure of one run: what was measured, in which unit. */
export interface Figure {
  readonly figure: string
  readonly unit: string
  readonly value: number
}

/** Something to measure, in a process of its own, with contenders of one kind. */
export interface Workload<C> {
  readonly name: string
  /** Who can do it, by name. */
  readonly contenders: readonly string[]
  /** Run it once; throws if the work was not really done. */
  run(contender: C): Promise<readonly Figure[]>
}

/** Refuse a figure for work that was not done. */
export function expectCount(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`${what}: ${actual} instead of ${expected}`)
}

/** How many a second, from a count and the ms it took. */
export function perSecond(count: number, elapsedMs: number): number {
  return Math.round((count / elapsedMs) * 1000)
}
