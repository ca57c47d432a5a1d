import type { Job } from './job.ts'
import type { Store } from './store.ts'
import { wakeClaims } from './waiting-claims.ts'

/** Put a ready job at the tail of its line. */
export function enlist(store: Store, job: Job): void {
  store.setState(job, 'enqueued')
  job.place = 'line'
  job.position = store.nextPosition()
  job.drains = job.queue.drains
  job.queue.line(job.priority).jobs.append(job)
  wakeClaims(job.queue)
}

/** Put a job that its owner had before all others of its line, in its old order. */
export function enlistInFront(store: Store, job: Job): void {
  store.setState(job, 'enqueued')
  job.place = 'returned'
  job.drains = job.queue.drains
  job.queue.line(job.priority).returned.add(job)
  wakeClaims(job.queue)
}

/** Put a job where jobs wait for others. */
export function defer(store: Store, job: Job): void {
  store.setState(job, 'deferred')
  park(store, job)
}

/** Put a job where jobs wait for their time. */
export function schedule(store: Store, job: Job, runAt: number): void {
  store.setState(job, 'scheduled')
  park(store, job)
  job.runAt = runAt
  store.due.add(job)
  store.tellDue(runAt)
}

/** Take a job from where it waits. */
export function displace(store: Store, job: Job): void {
  const { place } = job
  job.place = 'nowhere'
  if (place === 'line') job.queue.line(job.priority).jobs.remove(job)
  else if (place === 'returned') job.queue.line(job.priority).returned.remove(job)
  else if (place === 'parked') unpark(store, job)
  else if (place === 'ended') store.expendable.remove(job)
}

/** Let a job that waited for others, or is new, go where it belongs now. */
export function makeReady(store: Store, job: Job, now: number): void {
  if (job.runAt > now) schedule(store, job, job.runAt)
  else enlist(store, job)
}

/** Whether a drain of its queue has come since the job was placed. */
export function isDrained(job: Job): boolean {
  return job.drains < job.queue.drains && job.place !== 'nowhere' && job.place !== 'ended'
}

function park(store: Store, job: Job): void {
  job.place = 'parked'
  job.position = store.nextPosition()
  job.drains = job.queue.drains
  job.queue.parked.append(job)
}

function unpark(store: Store, job: Job): void {
  job.queue.parked.remove(job)
  if (job.slot >= 0) store.due.remove(job)
}
