import { AsyncPool, type Broker, getBroker, type WorkerPool } from '@taskspace/core'
import type { PoolContender } from '../contender.ts'
import { bench } from '../tasks.ts'

/** Taskspace on the memory backend: jobs with leases, results kept. */
export const taskspaceAsync = taskspace('taskspace-async', (broker) => new AsyncPool(broker, { concurrency: 100 }))

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
