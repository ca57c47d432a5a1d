import type { StoredBackoff } from '../backend/new-job.ts'
import { type Duration, MAX_DURATION_MS, toMs } from '../duration.ts'

/** The same delay before every retry. */
export interface FixedBackoff {
  readonly type: 'fixed'
  /** Delay before each retry. */
  readonly delay: Duration
  /** It does not grow, so there is no maximum to give. */
  readonly max?: undefined
  /** Share of the delay that is left to chance, 0 … 1; default 0. */
  readonly jitter?: number | undefined
}

/** A delay that doubles with every retry. */
export interface ExponentialBackoff {
  readonly type: 'exponential'
  /** Delay before the first retry. */
  readonly delay: Duration
  /** The delay grows no longer than this; default 100 years, the longest duration there is. */
  readonly max?: Duration | undefined
  /** Share of the delay that is left to chance, 0 … 1; default 0. */
  readonly jitter?: number | undefined
}

/** Back-off as data, which can travel with a job: a duration alone is a fixed one. */
export type BackoffOptions = Duration | FixedBackoff | ExponentialBackoff

/**
 * Back-off by a function, at the task only: `attempt` is the one that just failed, 1 for the first; `error` what it threw.
 * Returns the delay before the next attempt.
 */
export type BackoffFunction = (attempt: number, error: unknown) => Duration

/** How long to wait before a retry. Default: not at all. */
export type Backoff = BackoffOptions | BackoffFunction

/** Back-off as a task definition holds it. */
export type TaskBackoff = StoredBackoff | BackoffFunction

/** No delay before a retry: what holds where nobody says otherwise. */
export const NO_BACKOFF: StoredBackoff = Object.freeze({ type: 'fixed', delayMs: 0 })

/**
 * Milliseconds to wait after attempt number `attempt` (from 1) failed with `error`.
 *
 * fixed: `d = delay` · exponential: `d = min(max, delay × 2^(attempt − 1))` · with jitter: `d × (1 − jitter × random())`,
 * so anything from `d × (1 − jitter)` up to `d` · function: what it returns.
 *
 * `random` gives a number from 0 up to 1, such as `Math.random`.
 *
 * @throws InvalidArgument if the function returns no duration; whatever the function throws.
 */
export function backoffMs(backoff: TaskBackoff, attempt: number, error: unknown, random: () => number): number {
  if (typeof backoff === 'function') return toMs(backoff(attempt, error), 'backoff')

  const full = backoff.type === 'fixed' ? backoff.delayMs : doubled(backoff, attempt)
  const jitter = backoff.jitter ?? 0
  return jitter === 0 ? full : Math.round(full * (1 - jitter * random()))
}

function doubled(backoff: StoredBackoff, attempt: number): number {
  // 2 ** 1024 is Infinity and 0 * Infinity is NaN: the exponent stays where any delay has passed the maximum.
  const factor = 2 ** Math.min(attempt - 1, 64)
  return Math.min(backoff.maxMs ?? MAX_DURATION_MS, backoff.delayMs * factor)
}
