import type { EnqueueAnswer, NewJob } from './new-job.ts'
import type { Payload } from './payload.ts'
import type { HeldJob } from './session.ts'

/** A statement for a transaction of the user's: plain text and parameters that any driver can carry. */
export interface TransactionStatement {
  readonly text: string
  readonly values: readonly string[]
}

/** A job to end in a user's transaction. */
export interface Completion extends HeldJob {
  readonly value: Payload
  /** As in `SuccessSettlement`. */
  readonly resultTtlMs?: number
}

/** A value, or a promise of it: where the code of a task runs elsewhere, its pool is asked. */
export type Awaitable<T> = T | PromiseLike<T>

/**
 * What a store of transactions offers to those of its users: statements which they perform in their own. What these do is
 * committed with the user's writes, or not at all. They hold no lock that another call of the contract waits for: one that
 * would take away the job that is completed does without it, or is refused as one to be made again.
 */
export interface TransactionStatements {
  /**
   * Statements, to be performed in order, that store jobs. Not numbered: sending it again is the user's affair. Its outcomes go to `session`. Jobs with edges are
   * `deferred` until after the commit, when their edges are looked at for the first time.
   */
  enqueue(session: string, jobs: readonly NewJob[]): Awaitable<readonly TransactionStatement[]>
  /** The answers, from the rows that the last statement returned. */
  enqueued(rows: readonly unknown[]): Awaitable<readonly EnqueueAnswer[]>
  /** Statements, to be performed in order, that end a claimed job as success. What waits for it is told, and released, after the commit. */
  complete(completion: Completion): Awaitable<readonly TransactionStatement[]>
  /** What to throw for an error that a statement raised: the driver's own, unless it is one of the contract. */
  failure(error: unknown): Awaitable<unknown>
}
