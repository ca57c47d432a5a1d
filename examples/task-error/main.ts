// What a task throws comes out at `result()` as a TaskFailure that names the task, the queue and the job.
// The worker goes on with the next job.
import { AsyncPool, getBroker, isTaskFailure, TaskSpace } from '@taskspace/core'

export async function run(url: string) {
  const tasks = new TaskSpace('', {
    divide: (a: number, b: number) => {
      if (b === 0) throw new RangeError('division by zero')
      return a / b
    },
  })

  await using broker = await getBroker(url)
  broker.expose(tasks)
  await using pool = new AsyncPool(broker)
  await pool.start()

  const q = broker.queue<typeof tasks>()
  const bad = q.divide(1, 0)
  const good = q.divide(6, 3)
  const failure: unknown = await bad.result().catch((error: unknown) => error)
  if (!isTaskFailure(failure)) throw new Error('a task that throws must fail its job', { cause: failure })
  return { id: bad.id, message: failure.message, status: await bad.status(), next: await good.result() }
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
