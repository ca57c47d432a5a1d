import type { Job } from './job.ts'

/** Jobs in order, linked through `previous` and `next`: one job is in one list at most, and can leave from anywhere. */
export class JobList {
  first: Job | undefined = undefined
  last: Job | undefined = undefined
  size = 0

  append(job: Job): void {
    job.previous = this.last
    job.next = undefined
    if (this.last === undefined) this.first = job
    else this.last.next = job
    this.last = job
    this.size += 1
  }

  *[Symbol.iterator](): Iterator<Job> {
    for (let job = this.first; job !== undefined; job = job.next) yield job
  }

  prepend(job: Job): void {
    job.next = this.first
    job.previous = undefined
    if (this.first === undefined) this.last = job
    else this.first.previous = job
    this.first = job
    this.size += 1
  }

  remove(job: Job): void {
    if (job.previous === undefined) this.first = job.next
    else job.previous.next = job.next
    if (job.next === undefined) this.last = job.previous
    else job.next.previous = job.previous
    job.previous = undefined
    job.next = undefined
    this.size -= 1
  }
}
