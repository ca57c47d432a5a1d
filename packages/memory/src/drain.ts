import { end } from './ending.ts'
import { drainedFailure } from './failures.ts'
import type { Job } from './job.ts'
import { isDrained } from './placing.ts'
import type { Line, QueueState } from './queue-state.ts'
import type { Store } from './store.ts'
import type { Work } from './work-list.ts'

/** Cancel all that waits in a queue, in steps; none of it is handed out from now on. Returns how many that is. */
export function drain(store: Store, name: string): number {
  const queue = store.queues.get(name)
  if (queue === undefined) return 0
  const { deferred, scheduled, enqueued } = queue.counts
  const count = deferred + scheduled + enqueued
  if (count === 0) return 0
  queue.drains += 1
  store.work.add(new Draining(store, queue))
  return count
}

/** Cancels the jobs of a queue that were placed before it was drained. */
class Draining implements Work {
  readonly #store: Store
  readonly #queue: QueueState
  /** Each is looked at once: nothing that was placed before the drain comes to it later. */
  readonly #lines: IterableIterator<Line>
  #line: Line | undefined

  constructor(store: Store, queue: QueueState) {
    this.#store = store
    this.#queue = queue
    this.#lines = queue.lines()
  }

  run(budget: number): number {
    const now = this.#store.now()
    for (let steps = 0; steps < budget; steps += 1) {
      if (!this.#step(now)) return steps
    }
    return budget
  }

  /** End one job, or go to the next line; false when nothing is left. */
  #step(now: number): boolean {
    const job =
      drained(this.#queue.parked.first) ?? drained(this.#line?.returned.first) ?? drained(this.#line?.jobs.first)
    if (job !== undefined) {
      end(this.#store, job, drainedFailure(job), now)
      return true
    }
    const next = this.#lines.next()
    this.#line = next.done === true ? undefined : next.value
    return next.done !== true
  }
}

/** What was placed before the drain stands before the rest: if the first was not, none was. */
function drained(first: Job | undefined): Job | undefined {
  return first !== undefined && isDrained(first) ? first : undefined
}
