import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { FixedClusterPool, FixedThreadPool } from 'poolifier'
import type { PoolContender } from '../contender.ts'

const THREAD = fileURLToPath(new URL('../workers/poolifier-thread.ts', import.meta.url))
const PROCESS = fileURLToPath(new URL('../workers/poolifier-process.ts', import.meta.url))

interface Poolifier {
  execute(data: unknown, name: string): Promise<unknown>
  destroy(): Promise<void>
}

/** poolifier with threads, and with processes of `node:cluster`. */

export const poolifierThreads = pool('poolifier-threads', (workers) => {
  return new FixedThreadPool(workers, THREAD)
})
export const poolifierProcesses = pool('poolifier-processes', (workers) => {
  return new FixedClusterPool(workers, PROCESS)
})

function pool(name: string, make: (workers: number) => Poolifier): PoolContender {
  return {
    name,
    async start(workers) {
      const made = make(workers)
      return {
        echo: (value) => made.execute(value, 'echo'),
        compute: (steps) => made.execute(steps, 'compute') as Promise<number>,
        // It sometimes waits for the end of a thread that has ended before: what was measured is known by then.
        stop: () => Promise.race([made.destroy(), setTimeout(1_000)]),
      }
    },
  }
}
