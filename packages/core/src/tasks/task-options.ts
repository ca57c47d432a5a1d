import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Duration } from '../duration.ts'
import type { Backoff } from './backoff.ts'

/** Options applied by the worker that claims a job of the task, whoever enqueued it. */
export interface RunOptions {
  /** Longest run of one attempt; default none. */
  readonly timeout?: Duration | undefined
  /**
   * How often a job runs again after an uncaught error or a timeout; default 0, `Infinity`: always. A `TaskError`, and an
   * error marked by `nonRetryable`, is never retried.
   */
  readonly retries?: number | undefined
  /** Delay before a retry: a duration, data, or a function of the attempt and the error; default none. */
  readonly backoff?: Backoff | undefined
  /** Crashes of its worker after which a job fails; default 3. With `retries: 0`, 1 runs it at most once. */
  readonly maxCrashes?: number | undefined
  /** How long a result is kept after success; default 1 hour, `Infinity` for ever. */
  readonly resultTtl?: Duration | undefined
}

/** Options applied where a call is enqueued, if that broker has exposed the task: a caller that knows its type alone has none. */
export interface EnqueueOptions {
  /** Higher is claimed first; a 32-bit integer, default 0. */
  readonly priority?: number | undefined
  /** Labels to find jobs by, at most 100; duplicates count once. */
  readonly tags?: readonly string[] | undefined
  /** Do not run before this long after the call; default at once. */
  readonly delay?: Duration | undefined
}

/** Options of a task without schemas. A call's own options and its queue's defaults go before them. */
export interface TaskOptions extends RunOptions, EnqueueOptions {}

/** A schema for the arguments and one for the result; any Standard Schema (zod, valibot, arktype …). */
export interface SchemaOptions {
  /**
   * Describes the task's only argument: callers give the schema's input, the function gets its output. Checked when a
   * worker runs the job, and already at the call where the enqueuing broker has exposed the task.
   */
  readonly input?: StandardSchemaV1
  /** Describes the result: the function returns the schema's input, callers get its output. */
  readonly output?: StandardSchemaV1
}
