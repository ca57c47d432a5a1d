import type fc from 'fast-check'
import { given } from './given.ts'
import type { Step } from './step.ts'

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
  /** Whether to look for the shortest sequence that fails, which may take long. Default: true. */
  readonly shrink?: boolean
}

/** Sequences tried where nobody says otherwise. */
const DEFAULT_RUNS = 100

/** A sequence takes a few hundred calls; a server answers one in about a millisecond. */
export const PROPERTY_TIMEOUT_MS = 600_000

/** The options in the words of fast-check. */
export function parametersOf({
  runs = DEFAULT_RUNS,
  seed,
  path,
  shrink = true,
}: PropertyOptions): fc.Parameters<[Step[]]> {
  const endOnFailure = path !== undefined || !shrink
  return { numRuns: runs, endOnFailure, ...given({ seed, path }) }
}
