import type { ClaimedJob } from '../backend/claim.ts'
import type { Payload } from '../backend/payload.ts'
import type { Codec } from '../codec/codec.ts'
import type { FailureKind, FailureRecord } from '../errors/failure-record.ts'
import type { TaskError } from '../errors/task-error.ts'
import type { TaskFailure } from '../errors/task-failure.ts'
import { boundedText, describeThrown } from './thrown-value.ts'

/** What varies between failures of one job. */
interface FailureParts {
  readonly kind: FailureKind
  readonly text: string
  readonly group?: string | undefined
  readonly stack?: string | undefined
  readonly details?: unknown
}

const MAX_GROUP = 512

/** A failure of this claim; group: the kind, if none is given. Details that cannot be encoded are named in the text. */
export function failureRecord(job: ClaimedJob, parts: FailureParts, codec: Codec): FailureRecord {
  const { kind, group = kind, stack } = parts
  const details = encodedDetails(parts.details, codec)
  return {
    kind,
    code: 'TASK_FAILED',
    task: job.task,
    queue: job.queue,
    id: job.id,
    text: boundedText(details.problem === undefined ? parts.text : `${parts.text} (${details.problem})`),
    group: boundedText(group.slice(0, MAX_GROUP)),
    token: job.token,
    ...(stack !== undefined && { stack }),
    ...(details.payload !== undefined && { details: details.payload }),
  }
}

/** Something was thrown: `TYPE: message` (WQ-44), grouped as `TASK:TYPE`. The stack is kept for an `exception` alone. */
export function thrownRecord(job: ClaimedJob, kind: FailureKind, thrown: unknown, codec: Codec): FailureRecord {
  const { name, text, stack } = describeThrown(thrown)
  const group = name === undefined ? kind : `${job.task}:${name}`
  return failureRecord(job, { kind, text, group, ...(kind === 'exception' && { stack }) }, codec)
}

/** A `TaskError` was thrown: message only, kind `error` (PT-14). */
export function expectedRecord(job: ClaimedJob, error: TaskError, codec: Codec): FailureRecord {
  const group = error.group ?? `${job.task}:${error.name}`
  return failureRecord(job, { kind: 'error', text: error.message, group, details: error.details }, codec)
}

/** The task returned a `TaskFailure`: it fails with that, which goes on naming the job that failed first (WQ-33, WQ-34). */
export function returnedRecord(job: ClaimedJob, failure: TaskFailure, codec: Codec): FailureRecord {
  const { kind, text, group, taskStack: stack, details } = failure
  const record = failureRecord(job, { kind, text, group, stack, details }, codec)
  return { ...record, code: failure.code, task: failure.task, queue: failure.queue, id: failure.id }
}

function encodedDetails(details: unknown, codec: Codec): { readonly payload?: Payload; readonly problem?: string } {
  if (details === undefined) return {}
  try {
    return { payload: codec.encode(details, 'details') }
  } catch (error) {
    return { problem: describeThrown(error).text }
  }
}
