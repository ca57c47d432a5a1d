import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { childrenOf } from './crash-soak.ts'
import { PoolFixture } from './pool-fixture.ts'

/** What is there of a program. */
export interface Footprint {
  readonly descriptors: number
  readonly resources: number
  readonly children: number
  readonly files: number
}

/** Start and stop pools so many times, a job in each; what was there before and what is there after. */
export async function startStopSoak(
  rounds: number,
): Promise<{ readonly before: Footprint; readonly after: Footprint }> {
  const fixture = new PoolFixture()
  await round(fixture)
  const before = await footprint()
  for (let count = 0; count < rounds; count += 1) await round(fixture)
  const after = await footprint()
  await fixture[Symbol.asyncDispose]()
  return { before, after }
}

async function round(fixture: PoolFixture): Promise<void> {
  await using pool = await fixture.pool({ sandbox: true })
  const { pid } = await fixture.queue.t.about().result()
  if (!childrenOf(process.pid).includes(pid)) throw new Error(`the job did not run in a child of pool ${pool.name}`)
}

async function footprint(): Promise<Footprint> {
  // What is closed now is gone at the next turn.
  await sleep(10)
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().filter((name) => name !== 'Timeout').length,
    children: childrenOf(process.pid).length,
    files: readdirSync(tmpdir()).filter((name) => name.startsWith('taskspace-sandbox-')).length,
  }
}
