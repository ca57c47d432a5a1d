import { fail } from './ending.ts'
import { cycleFailure, forwardFailure } from './failures.ts'
import type { Job } from './job.ts'
import type { Store } from './store.ts'
import type { Work } from './work-list.ts'

/**
 * Looks whether a job would wait for itself: walks from its new targets down the edges that are not met.
 */
export class CycleSearch {
  readonly #start: Job
  readonly #open: Job[]
  readonly #seen = new Set<Job>()

  constructor(start: Job, targets: Iterable<Job>) {
    this.#start = start
    this.#open = [...targets]
  }

  /** Visit at most `budget` jobs: whether the start was found, and how many visits are left. */
  run(budget: number): { readonly found: boolean; readonly left: number } {
    let left = budget
    while (left > 0) {
      const job = this.#open.pop()
      if (job === undefined) break
      if (job === this.#start) return { found: true, left }
      if (this.#seen.has(job)) continue
      this.#seen.add(job)
      left -= 1
      this.#openTargets(job)
    }
    return { found: false, left }
  }

  get isDone(): boolean {
    return this.#open.length === 0
  }

  #openTargets(job: Job): void {
    for (const target of targetsOf(job)) this.#open.push(target)
  }
}

/** Goes on with a search that was too long for one call; a cycle found now fails the job that closed it. */
export class LateCycleSearch implements Work {
  readonly #store: Store
  readonly #job: Job
  readonly #series: number
  readonly #search: CycleSearch

  constructor(store: Store, job: Job, search: CycleSearch) {
    this.#store = store
    this.#job = job
    this.#series = job.series
    this.#search = search
  }

  run(budget: number): number {
    const job = this.#job
    if (job.series !== this.#series || job.state !== 'deferred') return 0
    const { found, left } = this.#search.run(budget)
    if (found) this.#fail(job)
    if (found || this.#search.isDone) return Math.min(budget - left, budget - 1)
    return budget
  }

  #fail(job: Job): void {
    const target = job.rare?.forward?.target.id
    const failure =
      target === undefined ? cycleFailure(job) : forwardCycleFailure(job, this.#store.tokenOf(job), target)
    fail(this.#store, job, failure, this.#store.now())
  }
}

/** The failure of a job that forwarded to one that waits for it. */
export function forwardCycleFailure(job: Job, token: number, target: string): ReturnType<typeof forwardFailure> {
  return { ...forwardFailure(job, token, target, 'which waits for this job'), code: 'DEPENDENCY_CYCLE' }
}

function* targetsOf(job: Job): Iterable<Job> {
  const { rare } = job
  if (rare === undefined) return
  if (rare.forward !== undefined) yield rare.forward.target
  for (const edge of rare.edges ?? []) {
    if (!edge.isOver) yield edge.target
  }
}
