// A job whose result nobody wants: with `ignoreResult` the call gives a mere reference, and no result is kept.
// The compiler knows: there is no `result` to ask for, and it cannot be an argument.
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
  return { written, hasResult: 'result' in reference, status: await reference.status() }
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
