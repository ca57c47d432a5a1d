import { exceeds, type JobOutcome, type Payload, PUSHED_VALUE_BYTES, payloadSize } from '@taskspace/core/backend'
import { type Job, rareOf } from './job.ts'
import { ownBytes } from './own-bytes.ts'
import { hasResult } from './results.ts'
import type { SessionState } from './session-state.ts'
import { tellOutcome } from './telling.ts'
import type { Value } from './value.ts'

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

/** Tell all who watch a job how it ended; `value` is what it gave, though it may not be kept. */
export function tellEnd(job: Job, value: Value | undefined): void {
  if (job.reply === undefined && job.rare?.watchers === undefined) return
  const outcome = endOf(job, value)
  if (job.reply !== undefined) tellOutcome(job.reply, outcome)
  job.reply = undefined
  const watchers = job.rare?.watchers
  if (watchers === undefined || job.rare === undefined) return
  job.rare.watchers = undefined
  for (const session of watchers) tellOutcome(session, outcome)
}

/** How a job ended, for somebody who asks now. */
export function outcomeOf(job: Job, now: number): JobOutcome {
  return endOf(job, hasResult(job, now) ? job.value : undefined)
}

function endOf(job: Job, value: Value | undefined): JobOutcome {
  const { id, state } = job
  const failure = job.rare?.failure
  if (failure !== undefined && (state === 'failed' || state === 'canceled')) return { id, state, failure }
  if (job.rare?.ignoreResult === true) return { id, state: 'ignored' }
  return value === undefined ? { id, state: 'gone' } : valueOutcome(id, value, value.payload)
}

function valueOutcome(id: string, value: Value, payload: Payload): JobOutcome {
  if (!exceeds(payload, PUSHED_VALUE_BYTES)) return { id, state: 'success', value: ownBytes(payload) }
  return { id, state: 'success', large: { id: value.id, series: value.series }, size: payloadSize(payload) }
}
