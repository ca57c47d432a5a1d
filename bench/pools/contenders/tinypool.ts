import { fileURLToPath } from 'node:url'
import { Tinypool } from 'tinypool'
import type { PoolContender } from '../contender.ts'

const SCRIPT = fileURLToPath(new URL('../work.ts', import.meta.url))

/** tinypool with threads, and with its runtime of child processes. */
export const tinypoolThreads = pool('tinypool-threads', 'worker_threads')
export const tinypoolProcesses = pool('tinypool-processes', 'child_process')

function pool(name: string, runtime: 'worker_threads' | 'child_process'): PoolContender {
  return {
    name,
    async start(workers) {
      const tiny = new Tinypool({ filename: SCRIPT, minThreads: workers, maxThreads: workers, runtime })
      return {
        echo: (value) => tiny.run(value, { name: 'echo' }),
        compute: (steps) => tiny.run(steps, { name: 'compute' }),
        stop: () => tiny.destroy(),
      }
    },
  }
}
