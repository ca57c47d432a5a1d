import { type Figure, perSecond, type Workload } from '../../workload.ts'
import type { StoreContender } from '../contender.ts'
import type { Store } from '../store.ts'
import { inFlight, measured, trial } from '../trial.ts'

const JOBS = 30_000
const BULK = 60_000
const BATCH = 1_000

/** Store jobs that nobody runs yet: each call on its own, 100 in flight, then 1,000 at a time. */
export function enqueue(store: Store, contenders: readonly string[]): Workload<StoreContender> {
  return {
    name: 'enqueue',
    contenders,
    run: (contender) =>
      trial(store, contender, async ({ server, producer }) => {
        const bytesBefore = await server.bytes()
        const single = await measured(server, () => inFlight(100, 0, JOBS, (number) => producer.enqueue(number)))
        const bytes = ((await server.bytes()) - bytesBefore) / JOBS
        const figures: Figure[] = [
          { figure: 'enqueue-100', unit: 'jobs/s', value: perSecond(JOBS, single.ms) },
          { figure: 'enqueue-100 client', unit: 'us CPU/job', value: each(single.ownUs, JOBS) },
          { figure: 'enqueue-100 server', unit: 'us CPU/job', value: each(single.serverUs, JOBS) },
          { figure: 'enqueue-100 operations', unit: '/job', value: each(single.operations, JOBS) },
          { figure: 'bytes-per-queued-job', unit: 'B', value: Math.round(bytes) },
        ]
        const { enqueueBulk } = producer
        if (enqueueBulk === undefined) return figures
        const bulk = await measured(server, async () => {
          for (let from = 0; from < BULK; from += BATCH) await enqueueBulk(from, from + BATCH)
        })
        return [
          ...figures,
          { figure: 'enqueue-bulk', unit: 'jobs/s', value: perSecond(BULK, bulk.ms) },
          { figure: 'enqueue-bulk operations', unit: '/job', value: each(bulk.operations, BULK) },
        ]
      }),
  }
}

/** A share of a sum, with two places. */
export function each(sum: number, count: number): number {
  return Math.round((sum / count) * 100) / 100
}
