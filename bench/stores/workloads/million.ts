import { perSecond, type Workload } from '../../workload.ts'
import type { Producer, StoreContender } from '../contender.ts'
import type { RemoteWorker } from '../remote-worker.ts'
import type { Store } from '../store.ts'
import { inFlight, measured, sumOf, trial } from '../trial.ts'

const JOBS = 20_000
const STORED = 1_000_000
const BATCH = 10_000
const DAY_MS = 24 * 60 * 60_000

/** Enqueue and drain on an empty store, and again with a million finished and a million scheduled jobs in it. */
export function million(store: Store, contenders: readonly string[]): Workload<StoreContender> {
  return {
    name: 'million',
    contenders,
    run: (contender) =>
      trial(store, contender, async ({ server, producer, worker }) => {
        const empty = await speeds(producer, worker)
        await fill(producer, worker)
        const full = await speeds(producer, worker)
        const cpu = await measured(server, () => inFlight(100, 0, JOBS, (number) => producer.enqueue(number)))
        return [
          {
            figure: 'enqueue with a million',
            unit: 'x',
            value: Math.round((full.enqueue / empty.enqueue) * 100) / 100,
          },
          { figure: 'drain with a million', unit: 'x', value: Math.round((full.drain / empty.drain) * 100) / 100 },
          { figure: 'enqueue with a million server', unit: 'us CPU/job', value: Math.round(cpu.serverUs / JOBS) },
        ]
      }),
  }
}

async function speeds(producer: Producer, worker: RemoteWorker): Promise<{ enqueue: number; drain: number }> {
  const startedAt = performance.now()
  await inFlight(100, 0, JOBS, (number) => producer.enqueue(number))
  const enqueue = perSecond(JOBS, performance.now() - startedAt)
  await worker.start(100)
  const { firstAt, lastAt } = await worker.ran(JOBS, sumOf(0, JOBS))
  await worker.stop()
  return { enqueue, drain: perSecond(JOBS, lastAt - firstAt) }
}

async function fill(producer: Producer, worker: RemoteWorker): Promise<void> {
  const { enqueueBulk, enqueueLater } = producer
  if (enqueueBulk === undefined || enqueueLater === undefined) throw new Error('this contender has no bulk calls')
  await worker.start(100)
  for (let from = 0; from < STORED; from += BATCH) await enqueueBulk(from, from + BATCH)
  await worker.ran(STORED, sumOf(0, STORED))
  await worker.stop()
  for (let from = 0; from < STORED; from += BATCH) await enqueueLater(from, from + BATCH, DAY_MS)
}
