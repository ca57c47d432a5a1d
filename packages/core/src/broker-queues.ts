import type { QueueCounts } from './backend/job-record.ts'
import { JOB_STATES } from './backend/job-state.ts'
import type { Client } from './client/client.ts'
import { checkLabel } from './queue/option-values.ts'

/** One queue of a namespace, for those who look after it; calls are made through `broker.queue(name)`. */
export class BrokerQueue {
  readonly name: string
  readonly #client: Client

  constructor(client: Client, name: string) {
    this.#client = client
    this.name = name
  }

  /** How many jobs are in each state. Ended ones count as long as their record is kept. */
  async counts(): Promise<QueueCounts> {
    const counts = await this.#client.connected(() => this.#client.queue.counts(this.name))
    return counts.get(this.name) ?? NO_JOBS
  }

  /** How many jobs wait to be run: deferred, scheduled and enqueued ones (WQ-19). */
  async size(): Promise<number> {
    const { deferred, scheduled, enqueued } = await this.counts()
    return deferred + scheduled + enqueued
  }

  /**
   * Cancel all that is in the queue and does not run; who waits for one gets `TaskExpired`. Returns how many there were
   * (WQ-13, WQ-20). Large queues are worked off in steps: from now on, none of these jobs starts.
   */
  async drain(): Promise<number> {
    const answer = await this.#client.order({ kind: 'drain', queue: this.name })
    if (answer.code === 'ok') return answer.count
    throw new TypeError(`the backend answered the drain of queue ${this.name} with '${answer.code}'`)
  }
}

/** The queues of a namespace. Everything rejects with `BackendUnavailable` or `Closed`, as the jobs do. */
export class BrokerQueues {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** A queue by its name, whether it holds anything or not; no I/O. @throws InvalidArgument for what is no name. */
  get(name = 'default'): BrokerQueue {
    checkLabel('queue', name)
    return new BrokerQueue(this.#client, name)
  }

  /** Counts of every queue that has jobs, by name. */
  counts(): Promise<ReadonlyMap<string, QueueCounts>> {
    return this.#client.connected(() => this.#client.queue.counts())
  }
}

const NO_JOBS = Object.freeze(Object.fromEntries(JOB_STATES.map((state) => [state, 0]))) as QueueCounts
