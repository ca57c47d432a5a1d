// A call is not checked against what the pools know: they may be other programs, deployed later.
// The job of a task that its pool does not know fails, and says what the pool does know.
import { AsyncPool, getBroker, isTaskFailure, TaskSpace } from '@taskspace/core'

export async function run(url: string) {
  const text = new TaskSpace('text', { upper: (part: string) => part.toUpperCase() })

  await using broker = await getBroker(url)
  broker.expose(text)
  await using pool = new AsyncPool(broker)
  await pool.start()

  const job = broker.queue().func('anything')
  const ended = await job.wait()
  const failure: unknown = await job.result().catch((error: unknown) => error)
  if (!isTaskFailure(failure)) throw new Error('the job of an unknown task must fail', { cause: failure })
  return { id: job.id, ended, message: failure.message, kind: failure.kind }
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
