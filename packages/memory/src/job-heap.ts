import type { Job } from './job.ts'

/** A binary heap of jobs that each know their place in it (`slot`): any of them can leave in O(log n). */
export class JobHeap {
  readonly #jobs: Job[] = []
  readonly #isBefore: (a: Job, b: Job) => boolean

  constructor(isBefore: (a: Job, b: Job) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#jobs.length
  }

  get first(): Job | undefined {
    return this.#jobs[0]
  }

  add(job: Job): void {
    this.#jobs.push(job)
    this.#rise(job, this.#jobs.length - 1)
  }

  remove(job: Job): void {
    const slot = job.slot
    job.slot = -1
    const last = this.#jobs.pop()
    if (last === undefined || last === job) return
    this.#rise(last, slot)
    this.#sink(last, last.slot)
  }

  #rise(job: Job, from: number): void {
    let slot = from
    while (slot > 0) {
      const parentSlot = (slot - 1) >> 1
      const parent = this.#jobs[parentSlot] as Job
      if (!this.#isBefore(job, parent)) break
      this.#put(parent, slot)
      slot = parentSlot
    }
    this.#put(job, slot)
  }

  #sink(job: Job, from: number): void {
    let slot = from
    for (;;) {
      const childSlot = this.#lesserChild(slot)
      const child = this.#jobs[childSlot]
      if (child === undefined || !this.#isBefore(child, job)) break
      this.#put(child, slot)
      slot = childSlot
    }
    this.#put(job, slot)
  }

  #lesserChild(slot: number): number {
    const left = 2 * slot + 1
    const right = this.#jobs[left + 1]
    return right !== undefined && this.#isBefore(right, this.#jobs[left] as Job) ? left + 1 : left
  }

  #put(job: Job, slot: number): void {
    this.#jobs[slot] = job
    job.slot = slot
  }
}

/** Order of jobs given back: what a drain has left for the work list first, then by their place in line. */
export function isReturnedBefore(a: Job, b: Job): boolean {
  return a.drains < b.drains || (a.drains === b.drains && a.position < b.position)
}

/** Order of jobs by when they are due, then by when they were placed. */
export function isDueBefore(a: Job, b: Job): boolean {
  return a.runAt < b.runAt || (a.runAt === b.runAt && a.position < b.position)
}
