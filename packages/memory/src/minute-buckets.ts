import type { Job } from './job.ts'

const MINUTE_MS = 60_000

/** The first minute that begins at this time or after it. */
export function minuteOf(at: number): number {
  return Math.ceil(at / MINUTE_MS)
}

/**
 * Jobs to be looked at, by the minute in which. Adding and removing one costs little, and nothing is kept of one that was
 * removed; minutes come back in order. A job in here knows its place (`slot`).
 */
export class MinuteBuckets {
  readonly #jobs = new Map<number, Job[]>()
  /** A binary heap of the minutes, the earliest first. */
  readonly #minutes: number[] = []

  /** How many minutes there are. */
  get size(): number {
    return this.#jobs.size
  }

  /** How many jobs there are. Counts them. */
  get jobCount(): number {
    return [...this.#jobs.values()].reduce((count, jobs) => count + jobs.length, 0)
  }

  /** When the earliest minute begins; `Infinity` if there is none. */
  get next(): number {
    return (this.#minutes[0] ?? Number.POSITIVE_INFINITY) * MINUTE_MS
  }

  /** Look at a job when this minute has come. */
  add(job: Job, minute: number): void {
    const jobs = this.#jobs.get(minute)
    job.slot = jobs?.length ?? 0
    if (jobs === undefined) this.#open(minute, job)
    else jobs.push(job)
  }

  /** A job that was to be looked at in this minute is not any more. */
  remove(job: Job, minute: number): void {
    const jobs = this.#jobs.get(minute)
    const last = jobs?.pop()
    if (jobs === undefined || last === undefined) return
    if (last !== job) {
      jobs[job.slot] = last
      last.slot = job.slot
    }
    job.slot = -1
  }

  /** Take a job whose minute has come. */
  take(now: number): Job | undefined {
    while (this.next <= now) {
      const minute = this.#minutes[0] as number
      const job = this.#jobs.get(minute)?.pop()
      if (job === undefined) {
        this.#close(minute)
        continue
      }
      job.slot = -1
      return job
    }
    return undefined
  }

  #open(minute: number, job: Job): void {
    this.#jobs.set(minute, [job])
    let slot = this.#minutes.length
    while (slot > 0) {
      const parent = this.#minutes[(slot - 1) >> 1] as number
      if (parent <= minute) break
      this.#minutes[slot] = parent
      slot = (slot - 1) >> 1
    }
    this.#minutes[slot] = minute
  }

  #close(minute: number): void {
    this.#jobs.delete(minute)
    const last = this.#minutes.pop() as number
    if (this.#minutes.length > 0) this.#sink(last)
  }

  #sink(minute: number): void {
    let slot = 0
    for (;;) {
      const left = 2 * slot + 1
      const child = (this.#minutes[left + 1] ?? minute) < (this.#minutes[left] ?? minute) ? left + 1 : left
      const earlier = this.#minutes[child]
      if (earlier === undefined || earlier >= minute) break
      this.#minutes[slot] = earlier
      slot = child
    }
    this.#minutes[slot] = minute
  }
}
