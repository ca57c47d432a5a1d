import { setTimeout as pause } from 'node:timers/promises'
import type { Figure, Workload } from '../../workload.ts'
import type { Producer, StoreContender } from '../contender.ts'
import type { Lag, RemoteWorker } from '../remote-worker.ts'
import type { Store } from '../store.ts'
import { trial } from '../trial.ts'

const MINUTES = Number(process.env.PINNED_MINUTES ?? 0.5)
const BASELINE_MS = 15_000
const WINDOW_MS = 10_000
const TICK_MS = 10
const JOBS_PER_TICK = 10

/** A number tells when its job was stored: ms since the epoch, and so many more digits. */
const PER_MS = 16

/**
 * 1,000 jobs a second, at first as ever, then for `PINNED_MINUTES` (default half a minute) while a transaction elsewhere keeps every dead row alive: how
 * long jobs wait until they are run, and how many wait.
 */
export function pinned(store: Store, contenders: readonly string[]): Workload<StoreContender> {
  return {
    name: 'pinned',
    contenders,
    run: (contender) =>
      trial(store, contender, async ({ server, producer, worker }) => {
        if (server.pin === undefined) throw new Error('this store has no snapshots')
        await worker.start(100, PER_MS)
        const flow = new Flow(producer)
        // Until it flows evenly.
        await pause(WINDOW_MS / 2)
        await worker.lag()
        await pause(BASELINE_MS)
        const before = { lag: await worker.lag(), backlog: await flow.backlog(worker) }
        const release = await server.pin()
        await pause(Math.max(0, MINUTES * 60_000 - WINDOW_MS))
        await worker.lag()
        await pause(WINDOW_MS)
        const after = { lag: await worker.lag(), backlog: await flow.backlog(worker) }
        await release()
        await flow.stop()
        return figures(before, after)
      }),
  }
}

interface Moment {
  readonly lag: Lag
  readonly backlog: number
}

function figures(before: Moment, after: Moment): readonly Figure[] {
  const ratio = Math.round((after.lag.p99Ms / before.lag.p99Ms) * 100) / 100
  return [
    { figure: 'pinned-slowdown', unit: 'times', value: ratio },
    { figure: 'pinned p50 before', unit: 'ms', value: before.lag.p50Ms },
    { figure: 'pinned p50', unit: 'ms', value: after.lag.p50Ms },
    { figure: 'pinned p99 before', unit: 'ms', value: before.lag.p99Ms },
    { figure: 'pinned p99', unit: 'ms', value: after.lag.p99Ms },
    { figure: 'pinned backlog before', unit: 'jobs', value: before.backlog },
    { figure: 'pinned backlog', unit: 'jobs', value: after.backlog },
  ]
}

/** Stores jobs evenly, and counts them. */
class Flow {
  readonly #producer: Producer
  readonly #flowing: Promise<void>
  #stored = 0
  #isStopped = false

  constructor(producer: Producer) {
    this.#producer = producer
    this.#flowing = this.#flow()
  }

  /** How many jobs are stored that have not run. */
  async backlog(worker: RemoteWorker): Promise<number> {
    const stored = this.#stored
    return Math.max(0, stored - (await worker.runs()))
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#flowing
  }

  async #flow(): Promise<void> {
    const { enqueueBulk } = this.#producer
    if (enqueueBulk === undefined) throw new Error('this contender has no bulk calls')
    const startedAt = performance.now()
    for (let tick = 1; !this.#isStopped; tick += 1) {
      const from = Date.now() * PER_MS
      await enqueueBulk(from, from + JOBS_PER_TICK)
      this.#stored += JOBS_PER_TICK
      await pause(Math.max(0, startedAt + tick * TICK_MS - performance.now()))
    }
  }
}
