// A job is `enqueued` until a pool claims it, `processing` while its task runs, then `success`.
// Here a gate holds the task, so that every status is seen.
import { inspect } from 'node:util'
import { AsyncPool, type Deferred, getBroker, TaskSpace } from '@taskspace/core'
import { gate } from '@taskspace/testing'

export async function run(url: string) {
  const held = gate()
  const steps = new TaskSpace('steps', { pause: () => held.pass() })

  await using broker = await getBroker(url)
  broker.expose(steps)
  const job = broker.queue<typeof steps>().steps.pause()
  const seen = [await look(job)]

  await using pool = new AsyncPool(broker)
  await pool.start()
  await held.reached()
  seen.push(await look(job))

  held.open()
  await job.result()
  seen.push(await look(job))
  return { id: job.id, seen }
}

async function look(job: Deferred<void>) {
  const status = await job.status()
  return { status, printed: inspect(job) }
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
