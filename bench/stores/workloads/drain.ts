import { perSecond, type Workload } from '../../workload.ts'
import type { StoreContender } from '../contender.ts'
import { jobsOn, type Store } from '../store.ts'
import { measured, store as storeJobs, sumOf, trial } from '../trial.ts'
import { counted, each } from './enqueue.ts'

/** Jobs for each width: so many that a run takes a second or more. */
const JOBS: Readonly<Record<number, number>> = { 1: 4_000, 10: 20_000, 100: 40_000 }

/** Run what was stored before, by one worker process; from the start of the first job to that of the last. */
export function drain(store: Store, contenders: readonly string[], concurrency: number): Workload<StoreContender> {
  const jobs = jobsOn(store, JOBS[concurrency] ?? 0)
  const name = `drain-${concurrency}`
  return {
    name,
    contenders,
    run: (contender) =>
      trial(store, contender, async ({ server, producer, worker }) => {
        await storeJobs(producer, jobs)
        await worker.start(0)
        const { cpuUs } = await worker.ran(0, 0)
        const run = async () => {
          await worker.start(concurrency)
          return worker.ran(jobs, sumOf(0, jobs))
        }
        let report: Awaited<ReturnType<typeof run>> | undefined
        const effort = await measured(server, async () => {
          report = await run()
        })
        if (report === undefined) throw new Error('nothing ran')
        return [
          { figure: name, unit: 'jobs/s', value: perSecond(jobs, report.lastAt - report.firstAt) },
          { figure: `${name} worker`, unit: 'us CPU/job', value: each(report.cpuUs - cpuUs, jobs) },
          { figure: `${name} server`, unit: 'us CPU/job', value: each(effort.serverUs, jobs) },
          { figure: `${name} operations`, unit: '/job', value: each(effort.operations, jobs) },
          ...counted(name, effort, jobs),
        ]
      }),
  }
}
