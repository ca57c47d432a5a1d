import type { Payload } from '../backend/payload.ts'

/**
 * Why a job did not succeed.
 *
 * `error` an expected failure (`TaskError`, `job.fail`), message only · `exception` anything else that was thrown ·
 * `timeout` ran longer than its `timeout` · `lost` its workers crashed `maxCrashes` times · `retries-exhausted`
 * asked for one more retry than it had · `killed` its worker was told to end it · `dependency-failed` a job it needs
 * failed without a record of its own · `no-such-task` the pool does not know the task · `invalid-input` its message or
 * arguments cannot be used · `invalid-output` its result cannot be stored · `canceled` a user canceled it · `expired`
 * its result is gone · `duplicate` its id was taken
 */
export type FailureKind =
  | 'error'
  | 'exception'
  | 'timeout'
  | 'lost'
  | 'retries-exhausted'
  | 'killed'
  | 'dependency-failed'
  | 'no-such-task'
  | 'invalid-input'
  | 'invalid-output'
  | 'canceled'
  | 'expired'
  | 'duplicate'

/** What a failure with code `TASK_EXPIRED` says when nothing more is known (WQ-44). */
export const EXPIRED_TEXT = 'task expired before a result was returned'

/** A failure as every backend stores it: fixed fields that need no codec, so that a backend can write one itself. */
export interface FailureRecord {
  readonly kind: FailureKind
  /** Stable code of the error the caller sees: `TASK_FAILED`, `TASK_EXPIRED` … */
  readonly code: string
  /** Task, queue and id of the job that failed first; a dependent that fails with it keeps them. */
  readonly task: string
  readonly queue: string
  readonly id: string
  /** What happened, in at most 8 KB of UTF-8: `Error: no such file`. */
  readonly text: string
  /** Failures are counted by group; by default `TASK:ERRORNAME`, and the kind where there was no error. */
  readonly group: string
  /** Stack of the error, in at most 8 KB; only of `exception`. */
  readonly stack?: string
  /** Fencing token of the claim that failed; absent if no claim did. */
  readonly token?: number
  /** Encoded details that a `TaskError` carried. */
  readonly details?: Payload
}
