import type { OnDuplicate, OnError } from '../backend/new-job.ts'
import type { Duration } from '../duration.ts'
import type { BackoffOptions } from '../tasks/backoff.ts'
import type { Transaction } from '../transaction.ts'
import type { JobRef } from './deferred.ts'

/** What JSON can say. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** An object of JSON. */
export type JsonObject = { readonly [key: string]: JsonValue }

/** A job to wait for: its handle, or its id. */
export type Dependency = JobRef | string

/** When the id of a job is free for another: once its record is removed, or already when it has ended. */
export type ReuseIdWhen = 'removed' | 'complete'

/**
 * Options of one call, or of all calls of a queue. An option that is not given, or `undefined`, is the queue's, else the
 * task's (`priority`, `tags` and `delay` only where the enqueuing broker has exposed it), else the default named here.
 *
 * `A` are the arguments of the call, which the function form of `id` gets.
 */
// biome-ignore lint/suspicious/noExplicitAny: the options of any call; `unknown` would refuse every function of real arguments
export interface CallOptions<A extends readonly unknown[] = any[]> {
  /**
   * Id of the job, or a function of the call's arguments that returns one: 1 … 512 characters, unique in the namespace.
   * Default: a new unique one for each call.
   */
  readonly id?: string | ((...args: A) => string) | undefined
  /** If the id is taken: `reject` (default) with `DuplicateTask`, `replace` the other job, or `return` a handle on it. */
  readonly onDuplicate?: OnDuplicate | undefined
  /** When the id of an older job counts as free; default `removed`. */
  readonly reuseIdWhen?: ReuseIdWhen | undefined
  /** Higher is claimed first; a 32-bit integer, default 0. */
  readonly priority?: number | undefined
  /** Do not run before this long from now; not together with `runAt`. Default: at once. */
  readonly delay?: Duration | undefined
  /** Do not run before this time: a Date, or ms since the epoch, of the backend's clock. */
  readonly runAt?: Date | number | undefined
  /** Jobs to wait for besides the arguments. An unknown id counts as ended. */
  readonly dependsOn?: Dependency | readonly Dependency[] | undefined
  /** How often the job runs again after an uncaught error or a timeout; default 0. `Infinity`: always. */
  readonly retries?: number | undefined
  /** Delay before a retry; default none. A function can only be given at the task, since it cannot travel. */
  readonly backoff?: BackoffOptions | undefined
  /** Longest run of one attempt; default none. */
  readonly timeout?: Duration | undefined
  /** Crashes of its worker after which the job fails; default 3. With `retries: 0`, 1 runs it at most once. */
  readonly maxCrashes?: number | undefined
  /** How long the result is kept after success; default 1 hour, `Infinity` for ever. Not together with `ignoreResult`. */
  readonly resultTtl?: Duration | undefined
  /** Labels to find the job by, at most 100; duplicates count once. */
  readonly tags?: readonly string[] | undefined
  /**
   * Enqueue inside this transaction of the store's own database: rolled back, the job never existed. Await `enqueued()`
   * before the commit, and the result after it. Default: at once, in a transaction of the call's own.
   */
  readonly tx?: Transaction | undefined
  /** JSON that stays with the job for people and programs that look at it, at most 64 KB. */
  readonly meta?: JsonObject | undefined
}

/** All options of a call, with the two that change its type. */
// biome-ignore lint/suspicious/noExplicitAny: as in CallOptions
export interface AllOptions<A extends readonly unknown[] = any[]> extends CallOptions<A> {
  /**
   * What happens when a job in the arguments or in `dependsOn` fails: `fail` (default) with that job's failure, `pass` a
   * `TaskFailure` in the argument's place, or `wait` until it succeeds after all.
   */
  readonly onError?: OnError
  /** Keep no result: the call returns a `JobRef`, and a job that succeeded leaves nothing behind. Default false. */
  readonly ignoreResult?: boolean
}
