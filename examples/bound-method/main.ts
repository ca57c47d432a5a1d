// A bound method is a task like any function, under its own name: it keeps the state of its object between jobs.
// The state lives in the pool's process, so this is for what belongs to one worker, such as a connection or a cache.
import { AsyncPool, getBroker, type TaskSpace } from '@taskspace/core'

class Counter {
  #total = 0

  add(amount: number): number {
    this.#total += amount
    return this.#total
  }
}

export async function run(url: string) {
  const counter = new Counter()

  await using broker = await getBroker(url)
  broker.expose(counter.add.bind(counter))
  await using pool = new AsyncPool(broker)
  await pool.start()

  const q = broker.queue<TaskSpace<'', { add: Counter['add'] }>>()
  const totals = [await q.add(2).result(), await q.add(3).result()]
  return { totals, here: counter.add(0) }
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
