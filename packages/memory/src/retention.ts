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
  else keepResult(store, job)
  trimCount(store)
}

/** The job is not an ended one any more. */
export function unretain(store: Store, job: Job): void {
  if (job.state !== 'success' && job.state !== 'canceled') return
  store.endedCount -= 1
  if (job.place === 'ended') displace(store, job)
  else if (job.slot >= 0) store.expiring.remove(job, minuteOf(job.resultUntil))
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

/** Drop results and forget records whose time is over, at most `budget` of them; returns how many. */
export function applyRetention(store: Store, now: number, budget: number): number {
  for (let steps = 0; steps < budget; steps += 1) {
    const expired = store.expiring.take(now)
    const oldest = store.expendable.first
    if (expired !== undefined) expire(store, expired, now)
    else if (oldest !== undefined && oldest.endedAt + RECORD_TTL_MS <= now) forget(store, oldest)
    else return steps
  }
  return budget
}

/** When there is something to do next. */
export function nextRetention(store: Store): number {
  const oldest = store.expendable.first
  return Math.min(store.expiring.next, oldest === undefined ? Number.POSITIVE_INFINITY : oldest.endedAt + RECORD_TTL_MS)
}

function keepResult(store: Store, job: Job): void {
  if (job.resultUntil === Number.POSITIVE_INFINITY) return
  store.expiring.add(job, minuteOf(job.resultUntil))
  store.tellDue(store.expiring.next)
}

function expire(store: Store, job: Job, now: number): void {
  dropResult(store, job)
  becomeExpendable(store, job, now)
  trimCount(store)
}

/**
 * Records go in the order in which they came here. One whose result lived longer than others' stands behind younger ones,
 * and goes as late as they do: later than its own time by no more than its result lived.
 */
function becomeExpendable(store: Store, job: Job, now: number): void {
  job.place = 'ended'
  store.expendable.append(job)
  if (job.endedAt + RECORD_TTL_MS <= now) forget(store, job)
  else if (store.expendable.first === job) store.tellDue(job.endedAt + RECORD_TTL_MS)
}

/** Each job that ends makes room for itself, so that one or two go at a time. */
function trimCount(store: Store): void {
  for (let steps = 0; steps < 2 && store.endedCount > RECORD_COUNT; steps += 1) {
    const oldest = store.expendable.first
    if (oldest === undefined) return
    forget(store, oldest)
  }
}
