import { setTimeout as pause } from 'node:timers/promises'
import type { Workload } from '../../workload.ts'
import type { StoreContender } from '../contender.ts'
import type { Store } from '../store.ts'
import { measured, trial } from '../trial.ts'

const JOBS = 400
const LONGEST_PAUSE_MS = 250
const IDLE_MS = 10_000

/** A number tells when its job was stored: ms since the epoch, and so many more digits. */
const PER_MS = 16

/** Lone jobs at random moments: how long from the call until each begins; and what a second without jobs costs the server. */
export function pickup(store: Store, contenders: readonly string[]): Workload<StoreContender> {
  return {
    name: 'pickup',
    contenders,
    run: (contender) =>
      trial(store, contender, async ({ server, producer, worker }) => {
        await worker.start(10, PER_MS)
        const idle = await measured(server, () => pause(IDLE_MS))
        for (let job = 0; job < JOBS; job += 1) {
          await pause(Math.random() * LONGEST_PAUSE_MS)
          await producer.enqueue(Date.now() * PER_MS)
        }
        while ((await worker.runs()) < JOBS) await pause(10)
        const { p50Ms, p95Ms, p99Ms } = await worker.lag()
        return [
          { figure: 'pickup-p50', unit: 'ms', value: p50Ms },
          { figure: 'pickup-p95', unit: 'ms', value: p95Ms },
          { figure: 'pickup-p99', unit: 'ms', value: p99Ms },
          { figure: 'pickup idle server', unit: 'us CPU/s', value: Math.round(idle.serverUs / (IDLE_MS / 1000)) },
        ]
      }),
  }
}
