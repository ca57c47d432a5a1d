import type { Contender, Running } from '../contender.ts'
import { percentile } from '../median.ts'
import { expectCount, perSecond, type Workload } from '../workload.ts'

const CALLS = 50_000
const OUTSTANDING = 100
const SEQUENTIAL = 20_000
/** Long enough for the optimizing compiler, as in a worker that has run for a second. */
const WARM_UP = 50_000

/** 100 callers, each waiting for its result before the next call. */
export const requestReply: Workload<Contender> = {
  name: 'request-reply',
  contenders: ['taskspace', 'p-queue', 'fastq', 'platformatic', 'bare'],
  async run(contender) {
    const queue = await contender.start(100)
    await callers(queue, 0, WARM_UP)
    const startedAt = performance.now()
    await callers(queue, WARM_UP, WARM_UP + CALLS)
    const elapsedMs = performance.now() - startedAt
    expectCount('jobs run', queue.runs(), WARM_UP + CALLS)
    await queue.stop()
    return [{ figure: 'request-reply-100', unit: 'jobs/s', value: perSecond(CALLS, elapsedMs) }]
  },
}

/** One caller, one job at a time: how long from the call to the result. */
export const sequential: Workload<Contender> = {
  name: 'sequential',
  contenders: ['taskspace', 'p-queue', 'fastq', 'platformatic', 'bare'],
  async run(contender) {
    const queue = await contender.start(1)
    const tookUs: number[] = []
    for (let number = 0; number < WARM_UP + SEQUENTIAL; number += 1) {
      const startedAt = performance.now()
      expectCount('result', await queue.call(number), number)
      if (number >= WARM_UP) tookUs.push((performance.now() - startedAt) * 1000)
    }
    await queue.stop()
    return [0.5, 0.95, 0.99].map((share) => ({
      figure: `sequential-p${share * 100}`,
      unit: 'us',
      value: Math.round(percentile(tookUs, share) * 10) / 10,
    }))
  },
}

async function callers(queue: Running, from: number, to: number): Promise<void> {
  let next = from
  const caller = async (): Promise<void> => {
    while (next < to) {
      const number = next
      next += 1
      expectCount('result', await queue.call(number), number)
    }
  }
  await Promise.all(Array.from({ length: OUTSTANDING }, caller))
}
