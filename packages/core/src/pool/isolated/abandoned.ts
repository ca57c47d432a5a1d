import type { ClaimedJob } from '../../backend/claim.ts'
import type { Settlement } from '../../backend/settlement.ts'
import type { Codec } from '../../codec/codec.ts'
import { backoffMs } from '../../tasks/backoff.ts'
import type { StopReason } from '../executor.ts'
import { failureRecord } from '../failure-record-of.ts'
import { timeoutText } from '../stop-reasons.ts'
import type { TaskNote } from './messages.ts'

/** What becomes of a job whose worker is ended by force, as far as the task's note tells. */
export function abandoned(job: ClaimedJob, reason: StopReason, note: TaskNote | undefined, codec: Codec): Settlement {
  const { id, token } = job
  if (reason.kind !== 'timeout') return { kind: 'return', id, token }
  const failure = failureRecord(job, { kind: 'timeout', text: timeoutText(reason.afterMs) }, codec)
  const delayMs = retryDelayMs(job, note)
  return delayMs === undefined
    ? { kind: 'failure', id, token, failure }
    : { kind: 'retry', id, token, failure, delayMs }
}

/** `undefined`: no retry is left, or the task's back-off function gave none. */
function retryDelayMs(job: ClaimedJob, note: TaskNote | undefined): number | undefined {
  const retries = job.run?.retries ?? note?.retries ?? 0
  if (job.failures >= retries) return undefined
  const backoff = job.run?.backoff ?? note?.backoff
  const attempt = job.failures + 1
  if (backoff !== undefined) return backoffMs(backoff, attempt, undefined, Math.random)
  const delays = note?.delays ?? []
  return delays[Math.min(attempt, delays.length) - 1]
}
