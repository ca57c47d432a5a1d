import { fileURLToPath } from 'node:url'
import workerpool from 'workerpool'
import type { PoolContender } from '../contender.ts'

const SCRIPT = fileURLToPath(new URL('../workers/workerpool.ts', import.meta.url))

/** workerpool with threads. */
export const workerPool: PoolContender = {
  name: 'workerpool',
  async start(workers) {
    const pool = workerpool.pool(SCRIPT, { minWorkers: workers, maxWorkers: workers, workerType: 'thread' })
    return {
      echo: async (value) => pool.exec('echo', [value]),
      compute: async (steps) => pool.exec('compute', [steps]),
      stop: async () => pool.terminate(true),
    }
  },
}
