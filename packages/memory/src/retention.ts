import { RECORD_COUNT, RECORD_TTL_MS } from '@taskspace/core/backend'
import type { Job } from './job.ts'
import { displace } from './placing.ts'
import { release } from './released.ts'
import { dropArguments, dropValue } from './results.ts'
import type { Store } from './store.ts'

/** A job has ended: see to it that its result and its record go when their time is over. */
export function retain(store: Store, job: Job, now: number): void {
  if (job.state === 'failed') return
  store.endedCount += 1
  if (job.value === undefined) becomeExpendable(store, job, now)
  else lookAgain(store, job, job.resultUntil)
  trimCount(store)
}

/** The job is not an ended one any more. */
export function unretain(store: Store, job: Job): void {
  if (job.state === 'success' || job.state === 'canceled') store.endedCount -= 1
  job.retainMinute = 0
  if (job.place === 'ended') displace(store, job)
}

/** Forget an ended job: record, result and id. */
export function forget(store: Store, job: Job): void {
  release(store, job, undefined, true)
  unretain(store, job)
  dropValue(store, job)
  dropArguments(store, job)
  store.jobs.delete(job.id)
  job.queue.counts[job.state] -= 1
  store.forgetQueue(job.queue)
}

/** Look at the jobs whose minute has come, at most `budget` of them; returns how many were looked at. */
export function applyRetention(store: Store, now: number, budget: number): number {
  for (let steps = 0; steps < budget; steps += 1) {
    const due = store.retention.take(now)
    if (due === undefined) return steps
    if (due.job.retainMinute === due.minute) lookAt(store, due.job, now)
  }
  return budget
}

function lookAt(store: Store, job: Job, now: number): void {
  if (job.value !== undefined && job.resultUntil <= now) {
    dropValue(store, job)
    becomeExpendable(store, job, now)
    trimCount(store)
  } else if (job.endedAt + RECORD_TTL_MS <= now) {
    forget(store, job)
  } else {
    lookAgain(store, job, job.value === undefined ? job.endedAt + RECORD_TTL_MS : job.resultUntil)
  }
}

function becomeExpendable(store: Store, job: Job, now: number): void {
  job.place = 'ended'
  store.expendable.append(job)
  if (job.endedAt + RECORD_TTL_MS <= now) forget(store, job)
  else lookAgain(store, job, job.endedAt + RECORD_TTL_MS)
}

function lookAgain(store: Store, job: Job, at: number): void {
  if (at === Number.POSITIVE_INFINITY) return
  job.retainMinute = store.retention.add(job, at)
  store.tellDue(store.retention.next)
}

/** Each job that ends makes room for itself, so that one or two go at a time. */
function trimCount(store: Store): void {
  for (let steps = 0; steps < 2 && store.endedCount > RECORD_COUNT; steps += 1) {
    const oldest = store.expendable.first
    if (oldest === undefined) return
    forget(store, oldest)
  }
}
