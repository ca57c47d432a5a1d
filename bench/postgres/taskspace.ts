import { AsyncPool, getBroker, TaskSpace } from '@taskspace/core'
import type { StoreContender } from './store-contender.ts'

/** Taskspace: results kept, jobs on the event loop. */
export const taskspace: StoreContender = {
  name: 'taskspace',
  async start(url) {
    let runs = 0
    let expected = Number.POSITIVE_INFINITY
    let drained = (): void => undefined
    const space = new TaskSpace('bench', {
      echo: (number: number) => {
        runs += 1
        if (runs === expected) drained()
        return number
      },
    })
    const broker = await getBroker(`${url}?migrate=true`)
    broker.expose(space)
    const queue = broker.queue<typeof space>()
    return {
      bulk: (numbers) => Promise.all(numbers.map((number) => queue.bench.echo(number)).map((job) => job.enqueued())),
      add: (number) => queue.bench.echo(number).enqueued(),
      drain: async (count) => {
        const done = new Promise<void>((resolve) => {
          drained = resolve
        })
        expected = runs + count
        const pool = new AsyncPool(broker, { concurrency: 100 })
        await pool.start()
        await done
        await pool.stop()
      },
      stop: () => broker.close(),
    }
  },
}
