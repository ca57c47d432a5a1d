// What a user writes against the declarations of the packages, and what must not compile.
import { AsyncPool, getBroker, getQueue } from '@taskspace/core'
import { MemoryTaskQueue } from '@taskspace/memory'
import { double, math } from './tasks.ts'

export async function main(): Promise<number> {
  const broker = await getBroker('memory:')
  broker.expose(math)
  await using pool = new AsyncPool(broker, { concurrency: 2 })
  await pool.start()

  await using queue = await getQueue<typeof math>('memory:')
  const numbers = ['1', '2'].map((text) => queue.math.num(text))
  const total = double(queue.math.add(numbers))

  // @ts-expect-error A number is wanted, and this is a Deferred of one where a string has to be.
  queue.math.num(total)
  // @ts-expect-error There is no such task.
  queue.math.subtract([1, 2])

  return queue.math.slow.with({ priority: 5 })(total).result({ timeout: '10s' })
}

export const backend: typeof MemoryTaskQueue = MemoryTaskQueue
