// Deferreds of Deferreds: sums of sums, next to plain values, as many levels as one likes.
// One Deferred may also be an argument of several calls: results are read, not used up.
import { AsyncPool, getBroker, TaskSpace } from '@taskspace/core'

export async function run(url: string) {
  const math = new TaskSpace('math', {
    add: (a: number, b: number) => a + b,
    multiply: (a: number, b: number) => a * b,
  })

  await using broker = await getBroker(url)
  broker.expose(math)
  await using pool = new AsyncPool(broker)
  await pool.start()

  const { math: m } = broker.queue<typeof math>()
  const sum = m.add(m.add(1, 2), m.add(3, 4))
  const square = m.multiply(sum, sum)
  return { sum: await sum.result(), square: await square.result() }
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
