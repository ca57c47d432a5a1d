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
