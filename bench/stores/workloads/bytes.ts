import type { Workload } from '../../workload.ts'
import type { StoreContender } from '../contender.ts'
import { jobsOn, type Store } from '../store.ts'
import { cold, store as storeJobs } from '../trial.ts'

/** On Redis a little less than a table of 2¹⁶ entries takes, so that each contender has one of that size. */
const JOBS = 60_000

/** What a small job takes in the memory of a server that had nothing before. */
export function bytes(store: Store, contenders: readonly string[]): Workload<StoreContender> {
  const jobs = jobsOn(store, JOBS)
  return {
    name: 'bytes',
    contenders,
    run: (contender) =>
      cold(store, contender, async ({ server, producer }) => {
        const before = await server.bytes()
        await storeJobs(producer, jobs)
        const value = Math.round(((await server.bytes()) - before) / jobs)
        return [{ figure: 'bytes-per-queued-job', unit: 'B', value }]
      }),
  }
}
