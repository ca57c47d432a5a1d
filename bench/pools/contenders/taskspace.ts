import { AsyncPool, type Broker, getBroker, type WorkerPool } from '@taskspace/core'
import { ProcessPool } from '@taskspace/process-pool'
import { ThreadPool } from '@taskspace/thread-pool'
import type { PoolContender } from '../contender.ts'
import { bench } from '../tasks.ts'

const module = new URL('../tasks.ts', import.meta.url)

/** Taskspace on the memory backend, jobs with leases and results that are kept, in each kind of pool. */
export const taskspaceAsync = taskspace('taskspace-async', (broker) => new AsyncPool(broker, { concurrency: 100 }))
export const taskspaceThread = taskspace('taskspace-thread', (broker, workers) => {
  return new ThreadPool(broker, { module, workers })
})
export const taskspaceProcess = taskspace('taskspace-process', (broker, workers) => {
  return new ProcessPool(broker, { module, workers })
})

function taskspace(name: string, make: (broker: Broker, workers: number) => WorkerPool): PoolContender {
  return {
    name,
    async start(workers) {
      const broker = await getBroker('memory:', { namespace: `bench-${process.pid}-${Math.random()}` })
      broker.expose(bench)
      const pool = make(broker, workers)
      await pool.start()
      const queue = broker.queue<typeof bench>()
      return {
        echo: (value) => queue.bench.echo(value).result(),
        compute: (steps) => queue.bench.compute(steps).result(),
        stop: async () => {
          await pool.stop()
          await broker.close()
        },
      }
    },
  }
}
