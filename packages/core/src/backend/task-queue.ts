import type { Call } from './call.ts'
import type { ClaimReply, ClaimRequest, ValueRef } from './claim.ts'
import type { Command, ControlAnswer } from './command.ts'
import type { JobRecord, QueueCounts } from './job-record.ts'
import type { JournalPage } from './journal.ts'
import { CONTRACT_VERSION } from './limits.ts'
import type { EnqueueAnswer, NewJob } from './new-job.ts'
import type {
  HeldJob,
  RenewReply,
  ResumeReply,
  SessionListener,
  SessionSighting,
  SessionSpec,
  Subscription,
} from './session.ts'
import type { AppendAnswer, AppendEntry, Settlement, SettleReply } from './settlement.ts'
import type { TransactionStatements } from './transaction.ts'

/**
 * The contract that every backend keeps. It knows bytes, ids and times: no functions, no serializer.
 *
 * Batch first: an operation takes up to `MAX_BATCH_ITEMS` items or `MAX_BATCH_BYTES` of payload and is one round trip.
 * Each *item* is atomic and has its own answer, items are applied in order, and one bad item never spoils another. What
 * follows from an item without bound (its dependents, a failing chain, the jobs of an ended session) is done inline for
 * `MAX_INLINE_STEPS` steps; the rest goes to a durable work list, of which every later `claim`, `settle` and `sweep`
 * does as many.
 *
 * Time is the backend's, taken once per call. Only `sweep` acts on due times and lease ends; the others compare `runAt`
 * with now when they store, and a result's age when they read.
 *
 * An operation that cannot reach the store throws `BackendUnavailable`, whose `outcome` says whether it may have been
 * applied; a backend never sends a call again by itself. Each settles in bounded time whatever the network does: a
 * backend puts a deadline of its own on every answer. After `close`, each throws `Closed`.
 */
export abstract class TaskQueue {
  /** Version of the contract it was built against. */
  readonly contractVersion: number = CONTRACT_VERSION

  /** Where the store is, without credentials: `redis://localhost:6379/0`. Equal for two objects on one store. */
  abstract readonly url: string

  /** Everything of one namespace is apart from everything of another. */
  abstract readonly namespace: string

  /**
   * Whether calls that are sent one after the other, without waiting for answers, are applied one after the other unless
   * a connection breaks, so that it pays to have several enqueues on their way. It then honours `Call.after`.
   */
  readonly pipelines: boolean = false

  /** Statements for transactions of the user's; absent where the store has none. Used only once it is open. */
  readonly transactions?: TransactionStatements | undefined

  /** Connect. Idempotent. */
  abstract open(): Promise<void>

  /** Disconnect, leaving no timer, listener or socket; waiting claims answer with nothing. Idempotent. */
  abstract close(): Promise<void>

  /**
   * Open a session. Idempotent for the same id, but for a `revision` that rises. Its lease starts with its first claim.
   */
  abstract begin(session: SessionSpec): Promise<void>

  /** Close a session: what it holds goes back to the front, attempt taken back. An unknown one is left alone. */
  abstract end(session: string): Promise<void>

  /**
   * Keep the lease of all that the session holds: its end moves to now + lease. A session that holds nothing renews
   * every 15 s, to stay known; one that holds something, every second.
   *
   * Before a sweep has recorded its end, a late renew revives it. @throws SessionEnded after; SessionUnknown.
   */
  abstract renew(session: string): Promise<RenewReply>

  /**
   * Reconcile after any doubt: raise the epoch (calls of older ones become `StaleCall`), start every lane at number 1,
   * give back (front, attempt taken back) each job claimed in an older epoch that `held` does not name, and tell which
   * named ones are not held. Renews the lease. Repeating it with the same epoch changes nothing more.
   *
   * @throws StaleCall for an epoch lower than the session's; SessionEnded; SessionUnknown.
   */
  abstract resume(session: string, epoch: number, held: readonly HeldJob[]): Promise<ResumeReply>

  /** Open the session's subscription. A session has one; a second takes the first one's place. */
  abstract listen(session: string, listener: SessionListener): Promise<Subscription>

  /**
   * Store jobs; each becomes `deferred`, `scheduled` or `enqueued`, or ends at once as `failed` if a job it needs has
   * failed and its edge says `fail`. When it resolves, accepted jobs are stored as safely as the store stores anything.
   */
  abstract enqueue(call: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]>

  /**
   * Take jobs, best first: queues in the order of the selection, higher priorities first, then by position. A job gets
   * its position when it becomes ready (enqueued, due, released, retried, priority changed): the tail of its line. Jobs
   * given back, or lost by their owner, go to the front, in their old order.
   *
   * Never gives one job to two claims. Waits up to `waitMs` for the first job; returns with none when the time is up or
   * `signal` aborts. It never loses what it took: an abort that comes too late answers the jobs. The caller owes `renew`
   * and a settlement of each.
   *
   * A job with a crash behind it is a suspect: a session holds one at a time at most, others are passed over.
   */
  abstract claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply>

  /**
   * Say what became of claimed jobs, and take the next ones in the same step: jobs released by these settlements can
   * be among them. Never waits.
   */
  abstract settle(call: Call, settlements: readonly Settlement[], claim?: ClaimRequest): Promise<SettleReply>

  /**
   * The sessions of an owner that have not ended and are not forgotten, in the order in which they were begun. Each is told
   * `notice`, so that one whose client lives renews, and is seen later than before when this is asked again.
   */
  abstract sightings(owner: string): Promise<readonly SessionSighting[]>

  /** Store news of claimed jobs. */
  abstract append(call: Call, entries: readonly AppendEntry[]): Promise<readonly AppendAnswer[]>

  /** Carry out orders about jobs and queues. @throws BatchTooLarge before anything is changed. */
  abstract control(call: Call, commands: readonly Command[]): Promise<readonly ControlAnswer[]>

  /** Records in the order of the ids; `undefined` for an unknown one. */
  abstract read(ids: readonly string[]): Promise<readonly (JobRecord | undefined)[]>

  /**
   * A stored result, from `offset`, at most `length` bytes of it (text counts, and is cut, in UTF-8 and comes as bytes).
   * `undefined` if it is gone. A value that a claim or an outcome named stays readable for as long as the job that
   * needs it has not ended, or for the result's life.
   */
  abstract readValue(ref: ValueRef, offset: number, length: number): Promise<ValueChunk | undefined>

  /**
   * The oldest lines that the journal of a job has after number `after`, at most `limit` of them (1 … `MAX_BATCH_ITEMS`);
   * `undefined` for an unknown job. The journal is the record's: it goes with it, and a new series begins an empty one.
   */
  abstract journal(id: string, after: number, limit: number): Promise<JournalPage | undefined>

  /** How many jobs are in each state, of one queue, or of each queue that has any. */
  abstract counts(queue?: string): Promise<ReadonlyMap<string, QueueCounts>>

  /**
   * Act on time: promote what is due, record the end of leases, apply retention, and do a share of the work list. Safe
   * to run from many processes at once.
   *
   * If the last sweep is longer ago than half of a session's lease, the backend was away, asleep, or its clock jumped:
   * the session's end moves to now + lease instead of being recorded. The end of a session charges one crash to each job
   * it held for a slot (not to those handed out ahead; if it held a suspect, to that one only) and gives all of them
   * back to the front; one that has reached its `maxCrashes` fails as `lost`.
   *
   * @returns when to sweep next, in ms of the backend's clock (absent: nothing is due), and whether there is more to do
   * now. While a session holds jobs, `next` is at most a quarter of its lease away: else its end could not be recorded.
   */
  abstract sweep(): Promise<SweepReply>

  /** The backend's time, in ms since the epoch. */
  abstract now(): Promise<number>

  /** For tests only: move the namespace's clock by `ms`, forward. Acts on nothing by itself: `sweep` does. */
  abstract shiftClock(ms: number): Promise<void>
}

/** A part of a stored value: whether the value is text or bytes, its whole size, and these bytes of it. */
export interface ValueChunk {
  readonly kind: 'text' | 'bytes'
  readonly size: number
  readonly bytes: Uint8Array
}

/** See `sweep`. */
export interface SweepReply {
  readonly next?: number
  readonly more: boolean
}
