import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { childrenOf } from '../../tools/child-processes.ts'
import { type IsolatedKind, LocalPools } from './local-pool.ts'

/** What there is of this program; of none of it may be more afterwards. */
interface Footprint {
  readonly descriptors: number
  readonly resources: number
  readonly listeners: number
  readonly threads: number
  readonly children: number
  readonly files: number
}

/** What came of it. */
export interface StartStopReport {
  readonly before: Footprint
  readonly after: Footprint
  /** Memory of this program before, half way and after, in MB. */
  readonly megabytes: readonly number[]
  /** How long one round took on average, by the clock and in time of this program's processor, in ms. */
  readonly roundMs: number
  readonly cpuMs: number
}

/** Rounds that come first: what is made once is there then. */
const FIRST_ROUNDS = 3

/** Start and stop pools so many times, with a job in each; what there was before and what there is after. */
export async function startStopSoak(
  kind: IsolatedKind,
  rounds: number,
  execArgv?: readonly string[],
): Promise<StartStopReport> {
  const pools = new LocalPools(kind, execArgv)
  await run(pools, FIRST_ROUNDS)
  const before = await footprint()
  const megabytes = [residentMegabytes()]
  const [from, cpu] = [performance.now(), process.cpuUsage()]
  await run(pools, Math.ceil(rounds / 2))
  megabytes.push(residentMegabytes())
  await run(pools, Math.floor(rounds / 2))
  const roundMs = (performance.now() - from) / rounds
  const { user, system } = process.cpuUsage(cpu)
  const after = await footprint()
  megabytes.push(residentMegabytes())
  await pools.close()
  return { before, after, megabytes, roundMs, cpuMs: (user + system) / 1000 / rounds }
}

async function run(pools: LocalPools, rounds: number): Promise<void> {
  for (let number = 0; number < rounds; number += 1) {
    await using _pool = await pools.start({ workers: 1 })
    if ((await pools.tasks.increase(number).result()) !== number + 1) throw new Error('wrong result')
  }
}

async function footprint(): Promise<Footprint> {
  // What is closed now is gone at the next turn.
  await sleep(100)
  const { workers } = process.report.getReport() as { readonly workers: readonly object[] }
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().filter((name) => name !== 'Timeout').length,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    threads: workers.length,
    children: childrenOf(process.pid).length,
    files: readdirSync(tmpdir()).filter((name) => name.startsWith(`taskspace-sandbox-`)).length,
  }
}

function residentMegabytes(): number {
  globalThis.gc?.()
  return Math.round(process.memoryUsage().rss / 2 ** 20)
}
