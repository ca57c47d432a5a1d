import { TaskspaceError } from './taskspace-error.ts'

/** An option or argument cannot be used; `field` names it. */
export class InvalidArgument extends TaskspaceError {
  override readonly name = 'InvalidArgument'
  override readonly code = 'INVALID_ARGUMENT'
  /** The option or argument at fault, such as `timeout`. */
  readonly field: string

  constructor(field: string, text: string, options?: ErrorOptions) {
    super(text, options)
    this.field = field
  }
}

/** The URL names no backend, or cannot be read. Its credentials are never part of the message. */
export class InvalidBrokerUrl extends TaskspaceError {
  override readonly name = 'InvalidBrokerUrl'
  override readonly code = 'INVALID_BROKER_URL'
}

/** The package of a backend is not installed; the message says what to install. */
export class BackendMissing extends TaskspaceError {
  override readonly name = 'BackendMissing'
  override readonly code = 'BACKEND_MISSING'
}

/** Two tasks would have the same name: `task 'foo.bar.kick' conflicts with existing task` (WQ-05). */
export class TaskConflict extends TaskspaceError {
  override readonly name = 'TaskConflict'
  override readonly code = 'TASK_CONFLICT'
  readonly task: string

  constructor(task: string) {
    super(`task '${task}' conflicts with existing task`)
    this.task = task
  }
}

/** A name that cannot be used for a task or a path to one, such as `then`. */
export class InvalidName extends TaskspaceError {
  override readonly name = 'InvalidName'
  override readonly code = 'INVALID_NAME'
}

/** A value cannot be sent: it would not be the same after the trip. `path` says where it stands. */
export class NotSerializable extends TaskspaceError {
  override readonly name = 'NotSerializable'
  override readonly code = 'NOT_SERIALIZABLE'
  /** Where the value stands, such as `arguments[0].user.avatar`. */
  readonly path: string

  constructor(path: string, reason: string) {
    super(`${path} cannot be serialized: ${reason}`)
    this.path = path
  }
}

/** A payload is larger than the limit in force; nothing was stored. */
export class PayloadTooLarge extends TaskspaceError {
  override readonly name = 'PayloadTooLarge'
  override readonly code = 'PAYLOAD_TOO_LARGE'
}

/** A stored message cannot be decoded, or is refused because it would cost more memory than its size allows. */
export class MalformedPayload extends TaskspaceError {
  override readonly name = 'MalformedPayload'
  override readonly code = 'MALFORMED_PAYLOAD'
}

/** A value is refused by the task's `input` or `output` schema; `issues` are the schema's own words. */
export class SchemaRejected extends TaskspaceError {
  override readonly name = 'SchemaRejected'
  override readonly code = 'SCHEMA_REJECTED'
  readonly issues: readonly string[]

  constructor(text: string, issues: readonly string[]) {
    super(`${text}: ${issues.join('; ')}`)
    this.issues = issues
  }
}

/** A Deferred of another backend or namespace was given as an argument: await it and pass its value instead. */
export class ForeignDeferred extends TaskspaceError {
  override readonly name = 'ForeignDeferred'
  override readonly code = 'FOREIGN_DEFERRED'
}

/** `currentJob()` was called outside a job. */
export class NotInJob extends TaskspaceError {
  override readonly name = 'NotInJob'
  override readonly code = 'NOT_IN_JOB'
}
