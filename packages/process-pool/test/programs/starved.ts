import { closeSync, openSync } from 'node:fs'
import { Broker } from '@taskspace/core'
import { createTaskQueue } from '@taskspace/memory'
import { ProcessPool } from '@taskspace/process-pool'

/**
 * Tries to start a pool while there are no descriptors but so many as its arguments say, then with all of them, and
 * writes what came of each: `started`, or why not.
 */
const broker = new Broker(createTaskQueue('memory:starved', { namespace: 'starved' }))
const module = new URL('../modules/tasks.ts', import.meta.url)

for (const count of process.argv.slice(2).map(Number)) {
  const taken = takeAllDescriptors()
  for (const descriptor of taken.splice(0, count)) closeSync(descriptor)
  console.log(await start())
  for (const descriptor of taken) closeSync(descriptor)
}
console.log(await start())
await broker.close()

async function start(): Promise<string> {
  await using pool = new ProcessPool(broker, { module, workers: 1 })
  return await pool.start().then(
    () => 'started',
    ({ reason }: { readonly reason: string }) => reason,
  )
}

function takeAllDescriptors(): number[] {
  const taken: number[] = []
  for (;;) {
    try {
      taken.push(openSync('/dev/null', 'r'))
    } catch {
      // There are none left.
      return taken
    }
  }
}
