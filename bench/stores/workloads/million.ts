import { perSecond, type Workload } from '../../workload.ts'
import type { BenchServer, Producer, StoreContender } from '../contender.ts'
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
        const empty = await speeds(server, producer, worker)
        await fill(producer, worker)
        await server.settle?.()
        const full = await speeds(server, producer, worker)
        const ratio = (figure: keyof typeof full) => Math.round((full[figure] / empty[figure]) * 100) / 100
        return [
          { figure: 'enqueue with a million', unit: 'x', value: ratio('enqueue') },
          { figure: 'drain with a million', unit: 'x', value: ratio('drain') },
          { figure: 'server CPU of an enqueue with a million', unit: 'x', value: ratio('enqueueUs') },
          { figure: 'server CPU of a run with a million', unit: 'x', value: ratio('drainUs') },
        ]
      }),
  }
}

/** Jobs a second, and processor time of the server for each. */
async function speeds(server: BenchServer, producer: Producer, worker: RemoteWorker) {
  const stored = await measured(server, () => inFlight(100, 0, JOBS, (number) => producer.enqueue(number)))
  let drain = 0
  const run = await measured(server, async () => {
    await worker.start(100)
    const { firstAt, lastAt } = await worker.ran(JOBS, sumOf(0, JOBS))
    drain = perSecond(JOBS, lastAt - firstAt)
  })
  await worker.stop()
  return { enqueue: perSecond(JOBS, stored.ms), drain, enqueueUs: stored.serverUs, drainUs: run.serverUs }
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
