// A function becomes a task, a call through the queue becomes a job, and a pool runs it.
// The call itself returns at once, with a Deferred that can be waited for.
import { AsyncPool, getBroker, TaskSpace } from '@taskspace/core'

export async function run(url: string) {
  const greeted: string[] = []
  const tasks = new TaskSpace('', { greet: (name: string) => void greeted.push(name) })

  await using broker = await getBroker(url)
  broker.expose(tasks)
  await using pool = new AsyncPool(broker)
  await pool.start()

  const q = broker.queue<typeof tasks>()
  await q.greet('Ada').wait()
  return greeted
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
