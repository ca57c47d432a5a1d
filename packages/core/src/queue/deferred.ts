import type { Cascade } from '../backend/command.ts'
import type { JobState } from '../backend/job-state.ts'
import type { Duration } from '../duration.ts'
import type { JobEvent, JobNews, LogLevel, LogLine } from '../journal/job-news.ts'

/**
 * All that a parameter sees of a Deferred. One string key: no other key of Deferred counts as known where an object is
 * written out, and two copies of the package agree. It exists in types alone; at run time a Deferred is known by a symbol.
 */
export interface DeferredRef<out T> {
  readonly '~deferred': T
}

/** Options of everything that waits. */
export interface WaitOptions {
  /** Abort it to stop waiting; the promise then rejects with its reason. The job goes on. */
  readonly signal?: AbortSignal | undefined
}

/** Options of `result`. */
export interface ResultOptions extends WaitOptions {
  /** Longest wait; default none, which waits for ever. 0 only looks. */
  readonly timeout?: Duration | undefined
}

/** Which events to read. */
export interface EventsOptions {
  /** Only those that come after the entry of this number; default 0, all that are kept. */
  readonly after?: number | undefined
}

/** Which log lines to read. */
export interface LogsOptions extends EventsOptions {
  /** The least important level to read; default `debug`. */
  readonly level?: LogLevel | undefined
}

/** How to follow a job. */
export interface FollowOptions extends WaitOptions, EventsOptions {}

/** How to cancel a job. */
export interface CancelOptions {
  /** Kept with the job, and the reason of the signal that a running task sees. */
  readonly reason?: string | undefined
  /**
   * What happens to jobs that depend on it: `refuse` (default) rejects with `HasDependents` and cancels nothing, `cancel`
   * cancels them too, `release` treats this job as failed and lets each one's `onError` decide.
   */
  readonly cascade?: Cascade | undefined
}

/**
 * The caller's handle on one job, without its result: what a call with `ignoreResult` returns. Properties never do I/O;
 * whatever may is a method that returns a promise.
 */
export interface JobRef {
  /** Unique in the namespace. */
  readonly id: string
  /** Full name of the task, such as `math.add`. */
  readonly name: string
  /** Name of the queue. */
  readonly queue: string
  /**
   * Resolves with this handle once the job is stored; rejects if it was refused (`DuplicateTask` …) or could not be
   * stored (`BackendUnavailable`), or with the reason of `signal` if that aborts first: the job may be stored all the same.
   */
  enqueued(options?: WaitOptions): Promise<this>
  /** Where the job is in its life, as the backend tells; `undefined` if it does not know the id (any more). */
  status(): Promise<JobState | undefined>
  /**
   * Wait for the job's end, in success or not: true when it has ended, false when `timeout` passed first. 0 polls;
   * without a timeout, or with `Infinity`, it waits for ever. Rejects if the enqueue failed, the broker closed, or `signal` aborted; with
   * `InvalidArgument` for a negative timeout.
   */
  wait(timeout?: Duration, options?: WaitOptions): Promise<boolean>
  /**
   * End the job for good: at once if it does not run, else after its task ended or was killed. True if this ended it or
   * told it to stop, false if it had ended before or is unknown.
   *
   * @throws HasDependents if jobs depend on it and `cascade` is `refuse`.
   */
  cancel(request?: string | CancelOptions): Promise<boolean>
}

/**
 * The caller's handle on one job's result, there at once. Not a promise: `await d` is `d` itself; use
 * `await d.result()`. It may stand wherever its value may, as or inside an argument of another call, before the value
 * exists.
 */
export interface Deferred<out T> extends JobRef, DeferredRef<T> {
  /**
   * The result, if it is here already.
   *
   * @throws ValueNotReady before that; TaskFailure (or `TaskExpired`) if the job failed.
   */
  readonly value: T
  /** Whether `value` answers (with a value or the failure); no I/O. */
  hasValue(): boolean
  /**
   * Wait for the result.
   *
   * @throws TaskFailure if the job failed, `TaskExpired` if its result is gone, `WaitTimeout` after `timeout` (the job
   * goes on), what `enqueued()` throws if it was not stored, the reason of `signal` if that aborts.
   */
  result(options?: ResultOptions): Promise<T>
  /** What the running task reported last, 0 … 1; `undefined` if nothing, or the job is unknown. */
  progress(): Promise<number | undefined>
  /** What the task saved last with `saveOutput`, also while it runs; `undefined` if nothing. */
  output(): Promise<unknown>
  /**
   * What the job logged, and what it wrote to its outputs, so far: the newest 1,000 lines, the oldest first (RW-36). Empty
   * for an unknown job. It goes with the job's record, and starts anew if the job is enqueued again under its id.
   */
  logs(options?: LogsOptions): Promise<readonly LogLine[]>
  /** What the task emitted so far. Kept together with the log lines, and as long. @throws MalformedPayload */
  events(options?: EventsOptions): Promise<readonly JobEvent[]>
  /**
   * Log lines, events and progress as they come, after those that are there already, until the job has ended:
   * `for await (const news of d.follow())`. Waits for a backend that is away.
   *
   * Throws while it is iterated: what `enqueued()` throws if the job was not stored, the reason of `signal` if that
   * aborts, `Closed` when the broker is closed. @throws InvalidArgument naming the option.
   */
  follow(options?: FollowOptions): AsyncIterable<JobNews>
}
