import type { FailureRecord } from '../errors/failure-record.ts'
import type { ClaimReply } from './claim.ts'
import type { Payload } from './payload.ts'

interface Settled {
  readonly id: string
  /** Token of the claim it is about. */
  readonly token: number
}

/** The job ended well; its value is stored once and handed to dependents by reference. */
export interface SuccessSettlement extends Settled {
  readonly kind: 'success'
  readonly value: Payload
  /** The task's result life, used unless the job has its own; absent: 1 h. 0 drops the result once those who wait were told it, whatever its size, and dependents hold it. */
  readonly resultTtlMs?: number
}

/** The job ended badly. */
export interface FailureSettlement extends Settled {
  readonly kind: 'failure'
  readonly failure: FailureRecord
}

/** Run it again after a delay; counts one of its `failures`. Its argument values stay. */
export interface RetrySettlement extends Settled {
  readonly kind: 'retry'
  readonly delayMs: number
  readonly failure: FailureRecord
}

/**
 * The job's outcome is to be another job's, by reference. It becomes `deferred`; stored on the final target if the
 * target is itself forwarded. A target that is unknown, expired, or `ignoreResult` fails it (`invalid-output`); one that
 * waits for it fails it with `DEPENDENCY_CYCLE`.
 */
export interface ForwardSettlement extends Settled {
  readonly kind: 'forward'
  readonly to: string
}

/** Not run, or stopped before its end: back to the front of its line in its old order, attempt taken back. */
export interface ReturnSettlement extends Settled {
  readonly kind: 'return'
  /** Not before this long from now, in ms; then to the tail. Absent: at once, to the front. */
  readonly delayMs?: number
}

/** Its worker died of it, or with it: one more crash, then run again after `CRASH_BACKOFF_MS`, or failed as `lost`. */
export interface CrashSettlement extends Settled {
  readonly kind: 'crash'
  readonly failure: FailureRecord
}

/**
 * The pool that claimed it does not have the task (an older version of a program, say). While another session that is
 * alive claims from the job's queue and lists the task, it is `scheduled` for `UNKNOWN_TASK_DELAY_MS`, attempt taken back; else it
 * fails with this record.
 */
export interface UnknownTaskSettlement extends Settled {
  readonly kind: 'unknown-task'
  readonly failure: FailureRecord
}

/** What became of a claimed job. */
export type Settlement =
  | SuccessSettlement
  | FailureSettlement
  | RetrySettlement
  | ForwardSettlement
  | ReturnSettlement
  | CrashSettlement
  | UnknownTaskSettlement

/**
 * `ok` applied · `already` this token decided it before · `lost` the token is not the job's current one, or the job is
 * gone: nothing was changed · `canceled` the job was canceled meanwhile, and ends so whatever the settlement said
 */
export type SettleAnswer = 'ok' | 'already' | 'lost' | 'canceled'

/** Answers in the order of the settlements, and the jobs claimed in the same step if that was asked. */
export interface SettleReply {
  readonly answers: readonly SettleAnswer[]
  readonly claim?: ClaimReply
}

/** News of a job from its owner: the last progress (0 … 1) and output saved win. */
export interface AppendEntry {
  readonly id: string
  readonly token: number
  readonly progress?: number
  readonly output?: Payload
  /**
   * Lines for its journal, the oldest first; see `JournalLine`. Each counts as an item of the call: a client sends at most
   * `MAX_BATCH_ITEMS` of entries and lines together.
   */
  readonly lines?: readonly string[]
  /** How many lines were dropped before these: the next numbers of the journal are skipped, whether or not lines follow. */
  readonly skipped?: number
}

/** `ok` stored · `lost` the token is not current, nothing was stored · `canceled` stored, and the job is to stop */
export type AppendAnswer = 'ok' | 'lost' | 'canceled'
