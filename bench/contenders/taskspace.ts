import { AsyncPool, getBroker, TaskSpace } from '@taskspace/core'
import type { Contender } from '../contender.ts'

/** Taskspace on the memory backend, jobs on the event loop, results kept. */
export const taskspace: Contender = {
  name: 'taskspace',
  async start(concurrency) {
    let runs = 0
    let drained = (): void => undefined
    let expected = Number.POSITIVE_INFINITY
    const space = new TaskSpace('bench', {
      echo: (number: number) => {
        runs += 1
        if (runs === expected) drained()
        return number
      },
      sum: (numbers: number[]) => numbers.reduce((a, b) => a + b, 0),
    })
    const broker = await getBroker('memory:', { namespace: `bench-${process.pid}-${Math.random()}` })
    broker.expose(space)
    const queue = broker.queue<typeof space>()
    const pools: AsyncPool[] = []
    const work = async (slots: number): Promise<void> => {
      const pool = new AsyncPool(broker, { concurrency: slots })
      pools.push(pool)
      await pool.start()
    }
    if (concurrency > 0) await work(concurrency)
    return {
      call: (number) => queue.bench.echo(number).result(),
      enqueue: (count) => {
        let last = queue.bench.echo(0)
        for (let number = 1; number < count; number += 1) last = queue.bench.echo(number)
        expected = runs + count
        return last.enqueued()
      },
      drain: async (slots) => {
        const done = new Promise<void>((resolve) => {
          drained = resolve
        })
        await work(slots)
        await done
      },
      fanIn: (width) => {
        const parts = Array.from({ length: width }, (_, number) => queue.bench.echo(number))
        return queue.bench.sum(parts).result()
      },
      runs: () => runs,
      stop: async () => {
        for (const pool of pools) await pool.stop()
        await broker.close()
      },
    }
  },
}
