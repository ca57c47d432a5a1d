import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ThreadWorld } from '../thread-world.ts'

/** `node --expose-gc soak.ts [rounds, default 1000]`: starts and stops pools, a job in each, and looks what is left. */
const [rounds = '1000'] = process.argv.slice(2)
const world = new ThreadWorld()
for (let count = 0; count < 10; count += 1) await round(count)
const before = await footprint()
for (let count = 0; count < Number(rounds); count += 1) await round(count)
const after = await footprint()
await world.close()
console.log({ rounds: Number(rounds), before, after })
const isTidy = Object.keys(before.left).every((name) => after.left[name] === before.left[name])
process.exitCode = isTidy ? 0 : 1

async function round(number: number): Promise<void> {
  await using _pool = await world.started()
  if ((await world.queue.rough.add(number, 1).result()) !== number + 1) throw new Error('wrong result')
}

/** What is there of this program: of the first none may be more, the second shows whether it grows. */
async function footprint() {
  // What is closed now is gone at the next turn.
  await sleep(100)
  globalThis.gc?.()
  const { workers } = process.report.getReport() as { readonly workers: readonly object[] }
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
  const left: Readonly<Record<string, number>> = {
    threads: workers.length,
    descriptors: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().filter((name) => name !== 'Timeout').length,
    listeners,
  }
  const { rss, heapUsed } = process.memoryUsage()
  return { left, megabytes: { rss: Math.round(rss / 2 ** 20), heap: Math.round(heapUsed / 2 ** 20) } }
}
