import type { Duration } from './duration.ts'
import { NotInJob } from './errors/usage-errors.ts'
import { jobStorage } from './pool/job-storage.ts'
import type { CallOptions, JsonObject } from './queue/call-options.ts'
import type { Queue } from './queue/queue.ts'
import type { Transaction } from './transaction.ts'

/** What `fail()` takes besides the reason. */
export interface FailOptions {
  /** Failures are counted by group; default `error`. */
  readonly group?: string | undefined
  /** Data that travels with the failure, readable as `TaskFailure.details`; any value a job may return. */
  readonly details?: unknown
}

/** The log of one job; read with `deferred.logs()`. Logging never throws, and need not be awaited. */
export interface JobLog {
  /**
   * Add a line. Long ones are cut at about 8,000 bytes. `fields` are any data that JSON can say; of what it cannot, the
   * line tells what it looks like.
   */
  debug(text: string, fields?: JsonObject): void
  /** The same as `debug`, at another level. */
  info(text: string, fields?: JsonObject): void
  /** The same as `debug`, at another level. */
  warn(text: string, fields?: JsonObject): void
  /** The same as `debug`, at another level. */
  error(text: string, fields?: JsonObject): void
}

/** The job that the running code belongs to, as `currentJob()` gives it; the same in every pool. */
export interface CurrentJob {
  readonly id: string
  /** Full name of the task, such as `math.add`. */
  readonly name: string
  /** Name of the queue it was claimed from; `queue()` gives queues to call tasks through. */
  readonly queueName: string
  /** How many times it was claimed, this time included; 1 at first. A claim that was given back does not count. */
  readonly attempt: number
  /** Fencing token of this claim: higher than that of any earlier one of this id. For writes to stores of your own. */
  readonly token: number
  /** Labels given with the call. */
  readonly tags: readonly string[]
  /** JSON given with the call; an empty object if none was (RW-23). */
  readonly meta: JsonObject
  /** When its `timeout` will have passed, in ms since the epoch, of the pool's clock; `undefined` without one. */
  readonly deadline: number | undefined
  /**
   * Aborts when the job is to stop: canceled (`JobCanceled`), out of time (`JobTimedOut`), its lease lost (`LeaseLost`) or
   * its pool stopping (`PoolStopping`). The reason says which. A task that ignores it is left alone after a grace of 3 s.
   */
  readonly signal: AbortSignal

  /**
   * Tell how far it is, 0 … 1, for `deferred.progress()`. The last value of a tick wins.
   *
   * @throws InvalidArgument for what is not a number from 0 to 1.
   */
  progress(fraction: number): void

  /**
   * Save a value that others may read while the job runs (`deferred.output()`), and that becomes its result if the task
   * returns `undefined`; the last one wins (RW-32). Resolves when it is stored; need not be awaited.
   *
   * @throws NotSerializable, PayloadTooLarge at once; SchemaRejected at once, or rejects with it if the task's `output`
   * schema is asynchronous; rejects with LeaseLost if the job is not this worker's any more.
   */
  saveOutput(value: unknown): Promise<void>

  /**
   * Lines for those who look at the job; the newest 1,000 are kept with it, events included. What the job writes to
   * `console`, stdout and stderr is added as well, unless its pool has `captureOutput: false`. Lines of a job that is
   * not this worker's any more are dropped.
   */
  readonly log: JobLog

  /**
   * Make something known to those who follow the job (`deferred.follow()`), or ask later (`deferred.events()`). Kept like
   * a log line. `data` is any value that a job may return.
   *
   * @throws InvalidArgument for what is no name; NotSerializable; PayloadTooLarge above about 8,000 bytes.
   */
  emit(name: string, data?: unknown): void

  /**
   * End the job as success, with `value`, inside a transaction of the store's own database: the task's writes in it and the
   * job's end are committed together, or neither. Await it, then commit, and let the task end; what it returns counts for
   * nothing. If it ends without the commit, the job fails, or runs again if it has `retries`.
   *
   * @throws LeaseLost if the job is not this worker's any more, after which the transaction is of no use; NotSerializable,
   * PayloadTooLarge; SchemaRejected; InvalidArgument where the store offers no transactions.
   */
  complete(tx: Transaction, value?: unknown): Promise<void>

  /**
   * Ask now whether the job is still this worker's, and keep its lease; pools do so every second by themselves.
   *
   * @throws LeaseLost if it is not.
   */
  heartbeat(): Promise<void>

  /**
   * `throw job.retry('5s')` runs the job again after a delay, by default its `backoff`. Counts one of its `retries`; with
   * none left the job fails (`retries-exhausted`). Returns the error to throw: one that is caught on its way changes
   * nothing.
   *
   * @throws InvalidArgument for a delay that is no duration, and a reason that is no text.
   */
  retry(delay?: Duration, reason?: string): Error

  /**
   * `throw job.fail('no such user')` ends the job as failed, kind `error`, without a retry. Returns the error to throw.
   *
   * @throws InvalidArgument naming the option.
   */
  fail(reason: string, options?: FailOptions): Error

  /**
   * A queue whose calls belong to this job: refused with `LeaseLost` once the job is not this worker's any more, and
   * stored before the job's own outcome is, which fails if they do. Default name `default`.
   */
  // biome-ignore lint/suspicious/noExplicitAny: without a type argument anything goes, as with broker.queue()
  queue<S = any>(name?: string, defaults?: CallOptions): Queue<S>

  /**
   * An id for a call of this job's: its own id, `/` and `name`. Given as `id` with `onDuplicate: 'return'`, a job that runs
   * again finds the children of its earlier attempt instead of making new ones.
   *
   * @throws InvalidArgument for an empty name, or an id that gets longer than 512 characters.
   */
  childId(name: string): string
}

/**
 * The job that the running code belongs to; works in everything a task calls or awaits.
 *
 * @throws NotInJob elsewhere.
 */
export function currentJob(): CurrentJob {
  const job = jobStorage.getStore()
  if (job !== undefined) return job
  throw new NotInJob('currentJob() is called outside a job; tests have runAsJob() of @taskspace/testing')
}
