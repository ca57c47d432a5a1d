import { percentile } from '../../median.ts'
import { expectCount, type Workload } from '../../workload.ts'
import type { PoolContender } from '../contender.ts'
import { ALL_CONTENDERS } from '../groups.ts'

const CALLS = 8_000
/** Long enough for the optimizing compiler, as in a worker that has run for a second. */
const WARM_UP = 50_000

/** One worker, one call at a time: how long from the call to the answer. */
export const latency: Workload<PoolContender> = {
  name: 'latency',
  contenders: ALL_CONTENDERS,
  async run(contender) {
    const pool = await contender.start(1)
    const tookUs: number[] = []
    for (let number = 0; number < WARM_UP + CALLS; number += 1) {
      const startedAt = performance.now()
      expectCount('answer', (await pool.echo(number)) as number, number)
      if (number >= WARM_UP) tookUs.push((performance.now() - startedAt) * 1000)
    }
    await pool.stop()
    return [0.5, 0.99].map((share) => ({
      figure: `latency-p${share * 100}`,
      unit: 'us',
      value: Math.round(percentile(tookUs, share) * 10) / 10,
    }))
  },
}
