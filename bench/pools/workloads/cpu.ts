import { availableParallelism } from 'node:os'
import type { Workload } from '../../workload.ts'
import type { PoolContender, RunningPool } from '../contender.ts'
import { ALL_CONTENDERS } from '../groups.ts'

const JOBS = 200
/** About 5 ms. */
const STEPS = 250

/** A batch of jobs that keep a processor busy, with one worker and then with two. */
export const cpu: Workload<PoolContender> = {
  name: 'cpu',
  contenders: ALL_CONTENDERS,
  async run(contender) {
    const alone = await batch(contender, 1)
    const both = await batch(contender, Math.min(2, availableParallelism()))
    return [
      { figure: 'cpu-1-worker', unit: 'ms', value: Math.round(alone) },
      { figure: 'cpu-2-workers', unit: 'ms', value: Math.round(both) },
      { figure: 'cpu-speed-up', unit: 'times', value: Math.round((alone / both) * 100) / 100 },
    ]
  },
}

async function batch(contender: PoolContender, workers: number): Promise<number> {
  const pool = await contender.start(workers)
  await run(pool, JOBS / 10)
  const startedAt = performance.now()
  await run(pool, JOBS)
  const elapsedMs = performance.now() - startedAt
  await pool.stop()
  return elapsedMs
}

async function run(pool: RunningPool, jobs: number): Promise<void> {
  const results = await Promise.all(Array.from({ length: jobs }, () => pool.compute(STEPS)))
  if (new Set(results).size !== 1) throw new Error('workers do not agree')
}
