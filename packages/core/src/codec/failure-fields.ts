import type { FailureKind } from '../errors/failure-record.ts'
import { failureFromRecord, type TaskFailure } from '../errors/task-failure.ts'

const kinds: Readonly<Record<FailureKind, true>> = {
  error: true,
  exception: true,
  timeout: true,
  lost: true,
  'retries-exhausted': true,
  killed: true,
  'dependency-failed': true,
  'no-such-task': true,
  'invalid-input': true,
  'invalid-output': true,
  canceled: true,
  expired: true,
  duplicate: true,
}

/** What of a `TaskFailure` travels. Its `stack`, which is where this process made it, does not. */
export interface FailureFields {
  readonly kind: FailureKind
  readonly code: string
  readonly task: string
  readonly queue: string
  readonly id: string
  readonly text: string
  readonly group: string
  readonly stack?: string
  readonly details?: unknown
}

/** The fields of a `TaskFailure` or one of its subclasses. */
export function failureFields(failure: TaskFailure): FailureFields {
  const { kind, code, task, queue, id, text, group, taskStack, details } = failure
  return {
    ...{ kind, code, task, queue, id, text, group },
    ...(taskStack === undefined ? {} : { stack: taskStack }),
    ...(details === undefined ? {} : { details }),
  }
}

/** Whether a decoded value, or an object that only claims to be a failure, has the fields of one. */
export function isFailureFields(value: object): value is FailureFields {
  const { kind, code, task, queue, id, text, group, stack } = value as Partial<Record<keyof FailureFields, unknown>>
  if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) return false
  if (stack !== undefined && typeof stack !== 'string') return false
  return [code, task, queue, id, text, group].every((field) => typeof field === 'string')
}

/** The failure that has these fields. */
export function reviveFailure(fields: FailureFields): TaskFailure {
  const { details, ...record } = fields
  return failureFromRecord(record, details)
}
