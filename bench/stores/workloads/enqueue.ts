import { type Figure, perSecond, type Workload } from '../../workload.ts'
import type { StoreContender } from '../contender.ts'
import { jobsOn, type Store } from '../store.ts'
import { type Effort, inFlight, measured, trial } from '../trial.ts'

const JOBS = 60_000
const BULK = 60_000
const BATCH = 1_000

/** Store jobs that nobody runs yet: each call on its own, 100 in flight, then 1,000 at a time. */
export function enqueue(store: Store, contenders: readonly string[]): Workload<StoreContender> {
  const [jobs, bulkJobs] = [jobsOn(store, JOBS), jobsOn(store, BULK)]
  return {
    name: 'enqueue',
    contenders,
    run: (contender) =>
      trial(store, contender, async ({ server, producer }) => {
        const single = await measured(server, () => inFlight(100, 0, jobs, (number) => producer.enqueue(number)))
        const figures: Figure[] = [
          { figure: 'enqueue-100', unit: 'jobs/s', value: perSecond(jobs, single.ms) },
          { figure: 'enqueue-100 client', unit: 'us CPU/job', value: each(single.ownUs, jobs) },
          { figure: 'enqueue-100 server', unit: 'us CPU/job', value: each(single.serverUs, jobs) },
          { figure: 'enqueue-100 operations', unit: '/job', value: each(single.operations, jobs) },
          ...counted('enqueue-100', single, jobs),
        ]
        const { enqueueBulk } = producer
        if (enqueueBulk === undefined) return figures
        const bulk = await measured(server, async () => {
          for (let from = 0; from < bulkJobs; from += BATCH) await enqueueBulk(from, from + BATCH)
        })
        return [
          ...figures,
          { figure: 'enqueue-bulk', unit: 'jobs/s', value: perSecond(bulkJobs, bulk.ms) },
          { figure: 'enqueue-bulk client', unit: 'us CPU/job', value: each(bulk.ownUs, bulkJobs) },
          { figure: 'enqueue-bulk server', unit: 'us CPU/job', value: each(bulk.serverUs, bulkJobs) },
          { figure: 'enqueue-bulk operations', unit: '/job', value: each(bulk.operations, bulkJobs) },
        ]
      }),
  }
}

/** What else the server counted for each job. */
export function counted(name: string, { counters }: Effort, jobs: number): readonly Figure[] {
  return Object.entries(counters).map(([what, count]) => ({
    figure: `${name} ${what}`,
    unit: '/job',
    value: each(count, jobs),
  }))
}

/** A share of a sum, with two places. */
export function each(sum: number, count: number): number {
  return Math.round((sum / count) * 100) / 100
}
