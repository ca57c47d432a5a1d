import { percentile } from '../../median.ts'
import { expectCount, perSecond, type Workload } from '../../workload.ts'
import type { Producer, StoreContender } from '../contender.ts'
import { jobsOn, type Store } from '../store.ts'
import { inFlight, measured, sumOf, trial, WARM_UP_MS } from '../trial.ts'
import { each } from './enqueue.ts'

const SEQUENTIAL = 2_000
const CALLS = 30_000
const WARM_UP = 2_000

/** One caller, one job at a time: how long from the call to the result. */
export function sequential(store: Store, contenders: readonly string[]): Workload<StoreContender> {
  const [warmUp, calls] = [jobsOn(store, WARM_UP / 4), jobsOn(store, SEQUENTIAL)]
  return {
    name: 'sequential',
    contenders,
    run: (contender) =>
      trial(store, contender, async ({ producer, worker }) => {
        await worker.start(1)
        const tookMs: number[] = []
        for (let number = 0; number < warmUp + calls; number += 1) {
          const startedAt = performance.now()
          await call(producer, number)
          if (number >= warmUp) tookMs.push(performance.now() - startedAt)
        }
        return [0.5, 0.95, 0.99].map((share) => ({
          figure: `sequential-p${share * 100}`,
          unit: 'ms',
          value: Math.round(percentile(tookMs, share) * 1000) / 1000,
        }))
      }),
  }
}

/** 100 callers, each waiting for its result before the next call. */
export function requestReply(store: Store, contenders: readonly string[]): Workload<StoreContender> {
  const [warmUpStep, calls] = [jobsOn(store, WARM_UP), jobsOn(store, CALLS)]
  return {
    name: 'request-reply',
    contenders,
    run: (contender) =>
      trial(store, contender, async ({ server, producer, worker }) => {
        await worker.start(100)
        let warmUp = 0
        for (const end = performance.now() + 2 * WARM_UP_MS; performance.now() < end; warmUp += warmUpStep) {
          await inFlight(100, warmUp, warmUp + warmUpStep, (number) => call(producer, number))
        }
        const { cpuUs: before } = await worker.ran(warmUp, sumOf(0, warmUp))
        const { ms, serverUs, ownUs, operations } = await measured(server, () =>
          inFlight(100, warmUp, warmUp + calls, (number) => call(producer, number)),
        )
        const { cpuUs } = await worker.ran(warmUp + calls, sumOf(0, warmUp + calls))
        return [
          { figure: 'request-reply-100', unit: 'jobs/s', value: perSecond(calls, ms) },
          { figure: 'request-reply-100 client', unit: 'us CPU/job', value: each(ownUs, calls) },
          { figure: 'request-reply-100 worker', unit: 'us CPU/job', value: each(cpuUs - before, calls) },
          { figure: 'request-reply-100 server', unit: 'us CPU/job', value: each(serverUs, calls) },
          { figure: 'request-reply-100 operations', unit: '/job', value: each(operations, calls) },
        ]
      }),
  }
}

async function call(producer: Producer, number: number): Promise<void> {
  if (producer.call === undefined) throw new Error('this contender does not wait for results')
  expectCount('result', await producer.call(number), number)
}
