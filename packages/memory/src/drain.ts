import { end } from './ending.ts'
import { drainedFailure } from './failures.ts'
import type { Job } from './job.ts'
import { isDrained } from './placing.ts'
import type { QueueState } from './queue-state.ts'
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

  constructor(store: Store, queue: QueueState) {
    this.#store = store
    this.#queue = queue
  }

  run(budget: number): number {
    const now = this.#store.now()
    for (let steps = 0; steps < budget; steps += 1) {
      const job = this.#next()
      if (job === undefined) return steps
      end(this.#store, job, drainedFailure(job), now)
    }
    return budget
  }

  #next(): Job | undefined {
    return this.#drained(this.#queue.parked.first) ?? this.#nextInLines()
  }

  #nextInLines(): Job | undefined {
    for (const line of this.#queue.lines()) {
      const job = this.#drained(line.returned.first) ?? this.#drained(line.jobs.first)
      if (job !== undefined) return job
    }
    return undefined
  }

  /** What was placed before the drain stands before the rest: if the first was not, none was. */
  #drained(first: Job | undefined): Job | undefined {
    return first !== undefined && isDrained(first) ? first : undefined
  }
}
