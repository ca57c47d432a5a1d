import { exceeds, isSealed, type JobOutcome, PUSHED_VALUE_BYTES, payloadSize } from '@taskspace/core/backend'
import { type Job, rareOf } from './job.ts'
import { ownBytes } from './own-bytes.ts'
import { hasResult } from './results.ts'
import type { SessionState } from './session-state.ts'
import { tellOutcome } from './telling.ts'
import { payloadOf, type Result, Value } from './value.ts'

/** Let a session hear how a job ends. */
export function watch(job: Job, session: SessionState): void {
  if (job.reply === undefined) {
    job.reply = session
  } else if (job.reply !== session) {
    const rare = rareOf(job)
    rare.watchers ??= new Set()
    rare.watchers.add(session)
  }
}

/** A session does not want to hear of the job any more. */
export function unwatch(job: Job, session: SessionState): void {
  if (job.reply === session) job.reply = undefined
  job.rare?.watchers?.delete(session)
}

/** Tell all who watch a job how it ended; `result` is what it gave, though it may not be kept. */
export function tellEnd(job: Job, result: Result | undefined): void {
  if (job.reply === undefined && job.rare?.watchers === undefined) return
  const outcome = endOf(job, result)
  if (job.reply !== undefined) tellOutcome(job.reply, outcome)
  job.reply = undefined
  const watchers = job.rare?.watchers
  if (watchers === undefined || job.rare === undefined) return
  job.rare.watchers = undefined
  for (const session of watchers) tellOutcome(session, outcome)
}

/** How a job ended, for somebody who asks now. */
export function outcomeOf(job: Job, now: number): JobOutcome {
  return endOf(job, hasResult(job, now) ? job.result : undefined)
}

function endOf(job: Job, result: Result | undefined): JobOutcome {
  const { id, state } = job
  const failure = job.rare?.failure
  if (failure !== undefined && (state === 'failed' || state === 'canceled')) return { id, state, failure }
  if (job.rare?.ignoreResult === true) return { id, state: 'ignored' }
  return result === undefined ? { id, state: 'gone' } : successOf(job, result)
}

function successOf(job: Job, result: Result): JobOutcome {
  const payload = payloadOf(result)
  // A result that is not kept cannot be read later.
  const isKept = job.resultUntil > job.endedAt
  // Bytes that need not be copied are no burden, however many.
  const isLight = typeof payload !== 'string' && isSealed(payload)
  if (!isKept || isLight || !exceeds(payload, PUSHED_VALUE_BYTES))
    return { id: job.id, state: 'success', value: ownBytes(payload) }
  const { id, series } = result instanceof Value ? result : job
  return { id: job.id, state: 'success', large: { id, series }, size: payloadSize(payload) }
}
