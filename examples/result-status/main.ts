// A job is `enqueued` until a pool claims it, `processing` while its task runs, then `success`.
// Here each step waits for the one before, so that every status is seen.
import { inspect } from 'node:util'
import { AsyncPool, type Deferred, getBroker, TaskSpace } from '@taskspace/core'

export async function run(url: string) {
  const started = signal()
  const released = signal()
  const steps = new TaskSpace('steps', {
    pause: async () => {
      started.give()
      await released.given
      return 'done'
    },
  })

  await using broker = await getBroker(url)
  broker.expose(steps)
  const job = broker.queue<typeof steps>().steps.pause()
  await job.enqueued()
  const seen = [await look(job)]

  await using pool = new AsyncPool(broker)
  await pool.start()
  await started.given
  seen.push(await look(job))

  released.give()
  await job.result()
  seen.push(await look(job))
  return { id: job.id, seen }
}

async function look(job: Deferred<string>) {
  const status = await job.status()
  return { status, printed: inspect(job) }
}

function signal() {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { give, given }
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
