import { RECORD_COUNT, RECORD_TTL_MS } from '@taskspace/core/backend'
import type { Job } from './job.ts'
import { minuteOf } from './minute-buckets.ts'
import { displace } from './placing.ts'
import { release } from './released.ts'
import { dropArguments, dropResult } from './results.ts'
import type { Store } from './store.ts'

/** A job has ended: see to it that its result and its record go when their time is over. */
export function retain(store: Store, job: Job, now: number): void {
  if (job.state === 'failed') return
  store.endedCount += 1
  if (job.result === undefined) becomeExpendable(store, job, now)
  else lookAgain(store, job, job.resultUntil)
  trimCount(store)
}

/** The job is not an ended one any more. */
export function unretain(store: Store, job: Job): void {
  if (job.state === 'success' || job.state === 'canceled') store.endedCount -= 1
  if (job.place === 'ended') displace(store, job)
}

/** Forget an ended job: record, result and id. */
export function forget(store: Store, job: Job): void {
  release(store, job, undefined, true)
  unretain(store, job)
  dropResult(store, job)
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
    if (dueMinute(due.job) === due.minute) lookAt(store, due.job, now)
  }
  return budget
}

function lookAt(store: Store, job: Job, now: number): void {
  if (job.result !== undefined && job.resultUntil <= now) {
    dropResult(store, job)
    becomeExpendable(store, job, now)
    trimCount(store)
  } else if (job.endedAt + RECORD_TTL_MS <= now) {
    forget(store, job)
  } else {
    lookAgain(store, job, nextLook(job))
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
  store.retention.add(job, minuteOf(at))
  store.tellDue(store.retention.next)
}

/** When there is something to do about a job that has ended. */
function nextLook(job: Job): number {
  return job.result === undefined ? job.endedAt + RECORD_TTL_MS : job.resultUntil
}

/** The minute in which a job is to be looked at; what else says so is out of date. */
function dueMinute(job: Job): number | undefined {
  return job.state === 'success' || job.state === 'canceled' ? minuteOf(nextLook(job)) : undefined
}

/** Each job that ends makes room for itself, so that one or two go at a time. */
function trimCount(store: Store): void {
  for (let steps = 0; steps < 2 && store.endedCount > RECORD_COUNT; steps += 1) {
    const oldest = store.expendable.first
    if (oldest === undefined) return
    forget(store, oldest)
  }
}
