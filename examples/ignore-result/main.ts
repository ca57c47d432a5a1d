// A job whose result nobody wants: with `ignoreResult` the call gives a mere reference, of which the compiler knows
// that it has no result and cannot be an argument. One can still wait for the end; after it nothing is left of the job.
import { inspect } from 'node:util'
import { AsyncPool, getBroker, TaskSpace } from '@taskspace/core'

export async function run(url: string) {
  const written: string[] = []
  const log = new TaskSpace('log', {
    write: (line: string) => {
      written.push(line)
      return written.length
    },
  })

  await using broker = await getBroker(url)
  broker.expose(log)
  await using pool = new AsyncPool(broker)
  await pool.start()

  const write = broker.queue<typeof log>().log.write.with({ ignoreResult: true })
  const reference = write('nobody asks for my result')
  await reference.wait()
  return { id: reference.id, written, printed: inspect(reference), left: await broker.deferred(reference.id).status() }
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
