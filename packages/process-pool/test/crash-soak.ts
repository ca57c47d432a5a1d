import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Deferred } from '@taskspace/core'
import { PoolFixture } from './pool-fixture.ts'

/** What came of it. */
export interface SoakReport {
  readonly jobs: number
  readonly kills: number
  /** Jobs with another result than theirs, or that failed though they should not. */
  readonly wrong: readonly string[]
  /** Jobs that were decided more than once, or never. */
  readonly undecided: readonly string[]
  /** Processes that are left. */
  readonly left: readonly number[]
}

/** Most jobs that wait for their end at once. */
const OUTSTANDING = 300
const JOBS_PER_KILL = 30
const FOREVER = { maxCrashes: Number.POSITIVE_INFINITY }

/** Kill children at random for so long, while jobs run, some of which end their processes themselves. */
export async function crashSoak(ms: number): Promise<SoakReport> {
  const fixture = new PoolFixture()
  const pool = await fixture.pool({ workers: 3 })
  const jobs: Deferred<number>[] = []
  const progress = { ended: 0 }
  const ending = new AbortController()
  const killing = killChildren(progress, ending.signal)
  const until = performance.now() + ms
  while (performance.now() < until) {
    const batch = Array.from({ length: OUTSTANDING }, (_, n) => jobOf(fixture, jobs.length + n))
    jobs.push(...batch)
    const ended = (): void => {
      progress.ended += 1
    }
    await Promise.all(batch.map((job) => job.wait().then(ended)))
  }
  ending.abort()
  const kills = await killing
  const wrong = await wrongOf(jobs)
  const undecided = await undecidedOf(fixture, jobs)
  await pool.stop()
  const left = childrenOf(process.pid)
  await fixture[Symbol.asyncDispose]()
  return { jobs: jobs.length, kills, wrong, undecided, left }
}

/** Every hundredth job ends its process; the others can be killed as often as it happens. */
function jobOf(fixture: PoolFixture, number: number): Deferred<number> {
  const { t } = fixture.queue
  if (number % 100 === 99) return t.exit.with({ maxCrashes: 1 })(5) as Deferred<number>
  return number % 10 === 5 ? t.later.with(FOREVER)(number, number % 7) : t.add.with(FOREVER)(number, 1)
}

/** Not faster than the others get on with the jobs: else none would ever come up on a machine that is busy. */
async function killChildren(progress: { readonly ended: number }, signal: AbortSignal): Promise<number> {
  let kills = 0
  let seen = 0
  while (!signal.aborted) {
    await sleep(20 + Math.random() * 100)
    if (progress.ended < seen + JOBS_PER_KILL) continue
    seen = progress.ended
    const pids = childrenOf(process.pid)
    const pid = pids[Math.floor(Math.random() * pids.length)]
    if (pid !== undefined && kill(pid)) kills += 1
  }
  return kills
}

// It may have ended meanwhile.
function kill(pid: number): boolean {
  try {
    return process.kill(pid, Math.random() < 0.5 ? 'SIGKILL' : 'SIGTERM')
  } catch {
    return false
  }
}

async function wrongOf(jobs: readonly Deferred<number>[]): Promise<readonly string[]> {
  const results = await Promise.allSettled(jobs.map((job) => job.result()))
  return results.flatMap((result, number) => {
    const right =
      number % 100 === 99 ? result.status === 'rejected' : result.status === 'fulfilled' && result.value === number + 1
    return right ? [] : [`${number}: ${result.status === 'fulfilled' ? result.value : String(result.reason)}`]
  })
}

async function undecidedOf({ broker }: PoolFixture, jobs: readonly Deferred<number>[]): Promise<readonly string[]> {
  const undecided: string[] = []
  for (const { id } of jobs) {
    const { history } = await broker.jobs.get(id)
    const ends = history.filter(({ what }) => what === 'success' || what === 'failed')
    if (ends.length !== 1) undecided.push(id)
  }
  return undecided
}

/** Processes that this one has started and that have not ended. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number)
}

function parentOf(pid: string): number | undefined {
  const path = `/proc/${pid}/stat`
  try {
    if (!existsSync(path)) return undefined
    const stat = readFileSync(path, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    // It has ended meanwhile.
    return undefined
  }
}
