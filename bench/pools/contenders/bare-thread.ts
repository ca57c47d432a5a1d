import { Worker } from 'node:worker_threads'
import type { PoolContender } from '../contender.ts'
import { Pending } from '../pending.ts'

const SCRIPT = new URL('../workers/bare-thread.ts', import.meta.url)

/** Threads in turn, one `postMessage` a call: the floor. */
export const bareThread: PoolContender = {
  name: 'bare-thread',
  async start(count) {
    const pending = new Pending()
    const workers = Array.from({ length: count }, () => new Worker(SCRIPT))
    for (const worker of workers) worker.on('message', (answer) => pending.answered(answer))
    const call = (task: string, value: unknown): Promise<unknown> =>
      pending.call((id) => workers[id % count]?.postMessage({ id, task, value }))
    return {
      echo: (value) => call('echo', value),
      compute: (steps) => call('compute', steps) as Promise<number>,
      stop: () => Promise.all(workers.map((worker) => worker.terminate())),
    }
  },
}
