import { EXPIRED_TEXT, type FailureRecord } from '@taskspace/core/backend'
import type { Job } from './job.ts'

/** The failure of a job that a user canceled. */
export function canceledFailure(job: Job, reason: string): FailureRecord {
  const text = reason === '' ? 'canceled' : `canceled: ${reason}`
  return { ...identity(job), kind: 'canceled', code: 'TASK_FAILED', text, group: 'canceled' }
}

/** The failure of a job that went with its queue. */
export function drainedFailure(job: Job): FailureRecord {
  return { ...identity(job), kind: 'canceled', code: 'TASK_EXPIRED', text: EXPIRED_TEXT, group: 'canceled' }
}

/** The failure of a job whose sessions ended too often. */
export function lostFailure(job: Job, token: number): FailureRecord {
  const times = job.crashes === 1 ? '1 time' : `${job.crashes} times`
  const text = `lost: its worker stopped answering ${times}`
  return { ...identity(job), kind: 'lost', code: 'TASK_EXPIRED', text, group: 'lost', token }
}

/** The failure of a job that forwarded to another one whose outcome it cannot have. */
export function forwardFailure(job: Job, token: number, target: string, reason: string): FailureRecord {
  const text = `it returned a Deferred of job ${target}, ${reason}`
  return {
    ...identity(job),
    kind: 'invalid-output',
    code: 'TASK_FAILED',
    text,
    group: 'invalid-output',
    token,
  }
}

/** The failure of a job that would wait for itself. */
export function cycleFailure(job: Job): FailureRecord {
  const text = 'it would wait for itself: its last dependency closes a cycle'
  return { ...identity(job), kind: 'dependency-failed', code: 'DEPENDENCY_CYCLE', text, group: 'dependency-cycle' }
}

/** The failure of a job whose argument was removed before it failed or succeeded after all. */
export function removedFailure(removed: Job): FailureRecord {
  return { ...identity(removed), kind: 'expired', code: 'TASK_EXPIRED', text: EXPIRED_TEXT, group: 'expired' }
}

function identity(job: Job): Pick<FailureRecord, 'task' | 'queue' | 'id'> {
  return { task: job.task, queue: job.queue.name, id: job.id }
}
