import { expectCount, perSecond, type Workload } from '../../workload.ts'
import type { StoreContender } from '../contender.ts'
import { jobsOn, type Store } from '../store.ts'
import { inFlight, sumOf, trial, WARM_UP_MS } from '../trial.ts'

const GRAPHS = 1_000
const WIDTH = 10
const DUE = 10_000
const STEADY = 30_000

/** 1,000 jobs whose arguments are the results of 10 others each, all outstanding at once; the sums are checked. */
export function fanIn(store: Store, contenders: readonly string[]): Workload<StoreContender> {
  return {
    name: 'fan-in',
    contenders,
    run: (contender) =>
      trial(store, contender, async ({ producer, worker }) => {
        const graph = producer.fanIn
        if (graph === undefined) throw new Error('this contender has no graphs')
        await worker.start(100)
        for (const end = performance.now() + 2 * WARM_UP_MS; performance.now() < end; ) {
          await Promise.all(Array.from({ length: GRAPHS / 4 }, () => graph(WIDTH)))
        }
        const startedAt = performance.now()
        const sums = await Promise.all(Array.from({ length: GRAPHS }, () => graph(WIDTH)))
        const ms = performance.now() - startedAt
        const sum = sums.reduce((a, b) => a + b, 0)
        expectCount('sum of sums', sum, GRAPHS * sumOf(0, WIDTH))
        return [{ figure: 'fan-in-1000x10', unit: '/s', value: perSecond(GRAPHS, ms) }]
      }),
  }
}

/** 10,000 jobs that are due at one instant: from then until the last has begun. */
export function due(store: Store, contenders: readonly string[]): Workload<StoreContender> {
  return {
    name: 'due',
    contenders,
    run: (contender) =>
      trial(store, contender, async ({ producer, worker }) => {
        const { enqueueLater } = producer
        if (enqueueLater === undefined) throw new Error('this contender has no delays')
        await worker.start(100)
        // Time enough to store all of them first.
        const dueAt = Date.now() + 6_000
        for (let from = 0; from < DUE; from += 500) await enqueueLater(from, from + 500, dueAt - Date.now())
        const { lastAt } = await worker.ran(DUE, sumOf(0, DUE))
        return [{ figure: 'due-10000', unit: 'jobs/s', value: perSecond(DUE, lastAt - dueAt) }]
      }),
  }
}

/** Producer and worker both at full speed: 100 calls in flight while 100 jobs run; until all ran. */
export function steady(store: Store, contenders: readonly string[]): Workload<StoreContender> {
  const jobs = jobsOn(store, STEADY)
  return {
    name: 'steady',
    contenders,
    run: (contender) =>
      trial(store, contender, async ({ producer, worker }) => {
        await worker.start(100)
        const startedAt = performance.timeOrigin + performance.now()
        await inFlight(100, 0, jobs, (number) => producer.enqueue(number))
        const { lastAt } = await worker.ran(jobs, sumOf(0, jobs))
        return [{ figure: 'steady', unit: 'jobs/s', value: perSecond(jobs, lastAt - startedAt) }]
      }),
  }
}
