import type { FailureKind, FailureRecord } from './failure-record.ts'
import { TaskspaceError } from './taskspace-error.ts'

/** Not part of the type, so that the types of two copies of the package agree. */
const BRAND = Symbol.for('taskspace/task-failure')

/** Who failed, and how. */
export interface FailureIdentity {
  /** Full name of the task, such as `math.add`. */
  readonly task: string
  readonly queue: string
  readonly id: string
  readonly text: string
  readonly kind: FailureKind
  readonly group?: string
  readonly stack?: string
  /** Decoded details of the `TaskError` that the task threw. */
  readonly details?: unknown
}

/**
 * A job failed. `message` reads `TASK [QUEUE:ID] TEXT` and names the job that failed first, also when a dependent of
 * it is asked (WQ-33, WQ-44).
 */
export class TaskFailure extends TaskspaceError {
  override readonly name: string = 'TaskFailure'
  override readonly code: string = 'TASK_FAILED'
  readonly task: string
  readonly queue: string
  readonly id: string
  /** What happened, without the identity in front: `Error: no such file`. */
  readonly text: string
  readonly kind: FailureKind
  readonly group: string
  /** Details of the `TaskError` that the task threw; `undefined` if it had none. */
  readonly details: unknown
  /** Stack inside the task, as far as it was kept; this error's own `stack` is the caller's. */
  readonly taskStack: string | undefined

  static {
    Object.defineProperty(TaskFailure.prototype, BRAND, { value: true })
  }

  constructor(failure: FailureIdentity) {
    super(`${failure.task} [${failure.queue}:${failure.id}] ${failure.text}`)
    this.task = failure.task
    this.queue = failure.queue
    this.id = failure.id
    this.text = failure.text
    this.kind = failure.kind
    this.group = failure.group ?? failure.kind
    this.details = failure.details
    this.taskStack = failure.stack
  }
}

/** The job's result is gone: its worker was lost, its queue was drained, or its time to live is over. */
export class TaskExpired extends TaskFailure {
  override readonly name = 'TaskExpired'
  override readonly code = 'TASK_EXPIRED'
}

/** The id of a new job is taken by another one. */
export class DuplicateTask extends TaskFailure {
  override readonly name = 'DuplicateTask'
  override readonly code = 'DUPLICATE_TASK'
}

/** What `DuplicateTask` says (WQ-23). */
export const DUPLICATE_TEXT = 'cannot enqueue task with duplicate id'

/** Whether a value is a `TaskFailure` (or a subclass), from whichever copy of the package. */
export function isTaskFailure(value: unknown): value is TaskFailure {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true
}

/** The error a caller sees for a stored failure; `details` already decoded. */
export function failureFromRecord(record: FailureRecord, details?: unknown): TaskFailure {
  const identity = { ...record, details }
  if (record.code === 'TASK_EXPIRED') return new TaskExpired(identity)
  if (record.code === 'DUPLICATE_TASK') return new DuplicateTask(identity)
  return new TaskFailure(identity)
}
