// A Deferred may stand wherever its value may: here inside the array that `sum` takes.
// The sum is enqueued before the numbers exist, and runs when the last of them is there.
import { AsyncPool, getBroker, TaskSpace } from '@taskspace/core'

export async function run(url: string) {
  const math = new TaskSpace('math', {
    number: (text: string) => Number(text),
    sum: (values: number[]) => values.reduce((a, b) => a + b, 0),
  })

  await using broker = await getBroker(url)
  broker.expose(math)
  await using pool = new AsyncPool(broker)
  await pool.start()

  const q = broker.queue<typeof math>()
  const numbers = ['1', '2', '3'].map((text) => q.math.number(text))
  return await q.math.sum(numbers).result()
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
