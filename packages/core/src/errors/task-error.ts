import { TaskspaceError } from './taskspace-error.ts'

/** Options of a `TaskError`. */
export interface TaskErrorOptions extends ErrorOptions {
  /** Data that travels with the failure, readable as `TaskFailure.details`; any value a job may return. */
  readonly details?: unknown
  /** Failures are counted by group; default `TASK:TaskError`. */
  readonly group?: string
}

/**
 * Throw one inside a task to end its job as failed, as expected: kind `error`, message only, no stack, no retry, and
 * `onError` hooks are not called (PT-14).
 */
export class TaskError extends TaskspaceError {
  override readonly name: string = 'TaskError'
  override readonly code = 'TASK_ERROR'
  readonly details: unknown
  readonly group: string | undefined

  constructor(message: string, options: TaskErrorOptions = {}) {
    super(message, options)
    this.details = options.details
    this.group = options.group
  }
}

/** Mark any error so that the job fails at once, whatever retries it has left. Returns the same error, to be thrown. */
export function nonRetryable<E extends Error>(error: E): E {
  return Object.assign(error, { retryable: false })
}
