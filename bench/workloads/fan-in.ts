import type { Contender } from '../contender.ts'
import { expectCount, type Workload } from '../workload.ts'

const GRAPHS = 1_000
const WIDTH = 10

/** 1,000 jobs whose arguments are the results of 10 others each; the sums are checked. */
export const fanIn: Workload<Contender> = {
  name: 'fan-in',
  contenders: ['taskspace'],
  async run(contender) {
    const queue = await contender.start(100)
    const graph = queue.fanIn
    if (graph === undefined) throw new Error('this contender has no graphs of calls')
    await Promise.all(Array.from({ length: GRAPHS / 10 }, () => graph(WIDTH)))
    const startedAt = performance.now()
    const sums = await Promise.all(Array.from({ length: GRAPHS }, () => graph(WIDTH)))
    const elapsedMs = performance.now() - startedAt
    expectCount(
      'sum of sums',
      sums.reduce((a, b) => a + b, 0),
      (GRAPHS * WIDTH * (WIDTH - 1)) / 2,
    )
    await queue.stop()
    return [{ figure: 'fan-in-1000x10', unit: 'ms', value: Math.round(elapsedMs * 10) / 10 }]
  },
}
