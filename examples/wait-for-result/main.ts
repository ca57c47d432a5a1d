// `wait` tells whether a job has ended, `result` gives what its task returned, and `value` has it from then on.
// A Deferred prints as what it stands for and how far that is.
import { inspect } from 'node:util'
import { AsyncPool, getBroker, TaskSpace } from '@taskspace/core'

export async function run(url: string) {
  const text = new TaskSpace('text', { repeat: (part: string, times: number) => part.repeat(times) })

  await using broker = await getBroker(url)
  broker.expose(text)
  await using pool = new AsyncPool(broker)
  await pool.start()

  const laugh = broker.queue<typeof text>().text.repeat('ha', 3)
  const ended = await laugh.wait('10s')
  const result = await laugh.result()
  return { id: laugh.id, ended, result, value: laugh.value, printed: inspect(laugh) }
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
