import type { Job } from './job.ts'

/** Jobs that come into one section: few enough for the processor's caches, while a table of millions is copied to grow. */
const SECTION_JOBS = 4096

/** Jobs whose ids are from `first` up to the first of the next section. */
interface Section {
  readonly first: string
  readonly jobs: Map<string, Job>
  /** How many came into it, those that left included. */
  came: number
}

/**
 * Jobs by id. Ids that clients make rise with time, so these jobs lie in sections one after the other, and new ones come
 * into the last; all others lie in one map. Every operation is O(log n).
 */
export class JobIndex {
  readonly #sectionJobs: number
  readonly #others = new Map<string, Job>()
  /** By their first ids. Only the last may be empty. */
  readonly #sections: Section[] = []
  #last = ''

  constructor(sectionJobs = SECTION_JOBS) {
    this.#sectionJobs = sectionJobs
  }

  /** How many jobs there are. Counts them. */
  get size(): number {
    return this.#sections.reduce((count, { jobs }) => count + jobs.size, this.#others.size)
  }

  /** All ids, in no order. */
  ids(): readonly string[] {
    return [...this.#sections.flatMap(({ jobs }) => [...jobs.keys()]), ...this.#others.keys()]
  }

  get(id: string): Job | undefined {
    return this.#sections[this.#placeOf(id)]?.jobs.get(id) ?? this.#others.get(id)
  }

  /** Add a job whose id is not there; `rises` if a client made the id. */
  add(job: Job, rises: boolean): void {
    if (rises && job.id > this.#last) this.#append(job)
    else this.#others.set(job.id, job)
  }

  delete(id: string): void {
    const place = this.#placeOf(id)
    const jobs = this.#sections[place]?.jobs
    if (jobs === undefined || !jobs.delete(id)) this.#others.delete(id)
    else if (jobs.size === 0 && place < this.#sections.length - 1) this.#sections.splice(place, 1)
  }

  #append(job: Job): void {
    const { id } = job
    this.#last = id
    const open = this.#sections.at(-1)
    if (open !== undefined && open.came < this.#sectionJobs) {
      open.came += 1
      open.jobs.set(id, job)
      return
    }
    if (open?.jobs.size === 0) this.#sections.pop()
    this.#sections.push({ first: id, jobs: new Map([[id, job]]), came: 1 })
  }

  /** Index of the last section that begins with this id or a lower one; -1 if there is none. */
  #placeOf(id: string): number {
    let low = -1
    let high = this.#sections.length
    // Most that is asked for came last.
    if (high > 0 && this.#beginsBefore(high - 1, id)) return high - 1
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.#beginsBefore(middle, id)) low = middle
      else high = middle
    }
    return low
  }

  #beginsBefore(place: number, id: string): boolean {
    return (this.#sections[place] as Section).first <= id
  }
}
