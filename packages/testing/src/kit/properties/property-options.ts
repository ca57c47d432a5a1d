/**
 * How long to look, and where.
 *
 * A failure prints `{ seed: …, path: "…" }` and the shortest sequence found. To replay it alone, give both back:
 * `describeTaskQueueProperties('memory', target, { seed: -1234, path: '17:2:0' })`.
 */
export interface PropertyOptions {
  /** How many sequences to try. Default: 100. */
  readonly runs?: number
  /** Where to start; another one at each start if absent. */
  readonly seed?: number
  /** Which sequence of that seed to try, in the words of a failure. */
  readonly path?: string
}

/** Sequences tried where nobody says otherwise. */
export const DEFAULT_RUNS = 100

/** A sequence takes a few hundred calls; a server answers one in about a millisecond. */
export const PROPERTY_TIMEOUT_MS = 600_000

/** The part of the options that makes a run the same as another. */
export function replayOf({ seed, path }: PropertyOptions): { seed?: number; path?: string; endOnFailure?: boolean } {
  if (seed === undefined) return {}
  return path === undefined ? { seed } : { seed, path, endOnFailure: true }
}
