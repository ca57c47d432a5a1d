import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { PoolContender } from '../contender.ts'

const SCRIPT = fileURLToPath(new URL('../work.ts', import.meta.url))

/** piscina, a task a call, with the kind of waiting that leaves the threads' event loops running. */
export const piscina: PoolContender = {
  name: 'piscina',
  async start(workers) {
    const pool = new Piscina({ filename: SCRIPT, minThreads: workers, maxThreads: workers, atomics: 'disabled' })
    return {
      echo: (value) => pool.run(value, { name: 'echo' }),
      compute: (steps) => pool.run(steps, { name: 'compute' }),
      stop: () => pool.destroy(),
    }
  },
}
