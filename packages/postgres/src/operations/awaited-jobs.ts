/** What comes of asking for an outcome: one more, the one that was awaited before, or none. */
export type Expectation = 'new' | 'same' | 'none'

/** How much of a job is still to be told. */
interface Awaited {
  /** Outcomes that are to come; below 0 for one that came before the store had answered that it is awaited. */
  left: number
  /** Calls under way after which there may be one more. */
  asking: number
  /** A look did not find the job: its outcome may be on its way, and gone with the next look. */
  wasMissed: boolean
}

/** The jobs whose outcomes a session is to be told: one for each time that it was asked for. */
export class AwaitedJobs {
  readonly #jobs = new Map<string, Awaited>()

  get size(): number {
    return this.#jobs.size
  }

  /** A call is under way that asks for these. */
  ask(ids: readonly string[]): void {
    for (const id of ids) {
      const known = this.#jobs.get(id)
      if (known === undefined) this.#jobs.set(id, { left: 0, asking: 1, wasMissed: false })
      else known.asking += 1
    }
  }

  /** The call has ended: each outcome asked for is a new one, the one that was awaited before, or none. */
  answered(id: string, what: Expectation): void {
    const job = this.#jobs.get(id)
    if (job === undefined) {
      // Asked for before the session listened.
      if (what !== 'none') this.#jobs.set(id, { left: 1, asking: 0, wasMissed: false })
      return
    }
    job.asking -= 1
    if (what === 'new') job.left += 1
    else if (what === 'same') job.left = Math.max(job.left, 1)
    this.#forgetIfTold(id, job)
  }

  /** Whether an outcome that came is one to be told; counts it. */
  take(id: string): boolean {
    const job = this.#jobs.get(id)
    if (job === undefined) return false
    job.left -= 1
    job.wasMissed = false
    this.#forgetIfTold(id, job)
    return true
  }

  /** Nobody wants to hear of it any more. False if nobody did. */
  drop(id: string): boolean {
    return this.#jobs.delete(id)
  }

  /** Some that the store knows to be awaited, to look at; those looked at stand behind the others from now on. */
  next(limit: number): ReadonlyMap<string, object> {
    const some = new Map<string, Awaited>()
    for (const [id, job] of this.#jobs) {
      if (some.size === limit) break
      if (job.asking === 0) some.set(id, job)
    }
    for (const [id, job] of some) {
      this.#jobs.delete(id)
      this.#jobs.set(id, job)
    }
    return some
  }

  /** Whether a job is awaited as it was when a look began. */
  isAsBefore(id: string, before: object | undefined): boolean {
    const job = this.#jobs.get(id)
    return job !== undefined && job === before && job.asking === 0
  }

  /** Whether a look has missed the job once before. */
  isMissedAgain(id: string): boolean {
    const job = this.#jobs.get(id)
    if (job === undefined) return false
    const again = job.wasMissed
    job.wasMissed = true
    return again
  }

  #forgetIfTold(id: string, job: Awaited): void {
    if (job.asking === 0 && job.left <= 0) this.#jobs.delete(id)
  }
}
