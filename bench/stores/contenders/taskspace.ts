import { AsyncPool, type Broker, type Deferred, TaskSpace } from '@taskspace/core'
import type { Place, StoreContender } from '../contender.ts'

const space = (onRun: (number: number) => void) =>
  new TaskSpace('bench', {
    echo: (number: number) => {
      onRun(number)
      return number
    },
    sum: (numbers: number[]) => numbers.reduce((a, b) => a + b, 0),
  })

/** Opens a place; whoever comes first has to set it up. */
type Open = (place: Place, comesFirst: boolean) => Broker | Promise<Broker>

/** Taskspace on some store, jobs on the event loop, results kept for an hour. */
export function taskspaceOn(open: Open): StoreContender {
  return {
    name: 'taskspace',
    async produce(place) {
      const broker = await open(place, true)
      const { bench } = broker.queue<ReturnType<typeof space>>()
      const all = async (from: number, to: number, call: (number: number) => Deferred<number>): Promise<void> => {
        const calls: Deferred<number>[] = []
        for (let number = from; number < to; number += 1) calls.push(call(number))
        await Promise.all(calls.map((each) => each.enqueued()))
      }
      return {
        enqueue: (number) => bench.echo(number).enqueued(),
        enqueueBulk: (from, to) => all(from, to, bench.echo),
        enqueueLater: (from, to, delay) => all(from, to, bench.echo.with({ delay })),
        call: (number) => bench.echo(number).result(),
        fanIn: (width) => bench.sum(Array.from({ length: width }, (_, number) => bench.echo(number))).result(),
        stop: () => broker.close(),
      }
    },
    async work(place, concurrency, onRun) {
      if (concurrency === 0) return { stop: () => Promise.resolve() }
      const broker = await open(place, false)
      broker.expose(space(onRun))
      const pool = new AsyncPool(broker, { concurrency })
      await pool.start()
      return {
        stop: async () => {
          await pool.stop()
          await broker.close()
        },
      }
    },
  }
}
