import type { Contender } from '../contender.ts'
import { expectCount, perSecond, type Workload } from '../workload.ts'

const JOBS = 50_000
/** Long enough for the optimizing compiler, as in a worker that has run for a second. */
const WARM_UP = 50_000

/** Whole lives of no-op jobs, all outstanding at once, 100 running: from the call to the result. */
export const life: Workload<Contender> = {
  name: 'life',
  contenders: ['taskspace', 'p-queue', 'fastq', 'platformatic', 'bare'],
  async run(contender) {
    const queue = await contender.start(100)
    await Promise.all(Array.from({ length: WARM_UP }, (_, number) => queue.call(JOBS + number)))
    const startedAt = performance.now()
    const results = await Promise.all(Array.from({ length: JOBS }, (_, number) => queue.call(number)))
    const elapsedMs = performance.now() - startedAt
    expectCount('jobs run', queue.runs(), WARM_UP + JOBS)
    expectCount(
      'sum of results',
      results.reduce((a, b) => a + b, 0),
      (JOBS * (JOBS - 1)) / 2,
    )
    await queue.stop()
    return [{ figure: 'life', unit: 'jobs/s', value: perSecond(JOBS, elapsedMs) }]
  },
}
