import { setTimeout as sleep } from 'node:timers/promises'
import { type Broker, type Deferred, getBroker } from '@taskspace/core'
import type { PoolName } from './owned-pool.ts'
import { Owners, type SoakOwners } from './owners.ts'
import type { soak } from './soak-tasks.ts'
import { ThisProgram } from './this-program.ts'

/** What is done, and for how long. */
export interface SoakOptions {
  readonly pool: PoolName
  /**
   * Where the jobs are, in a namespace that nobody else uses: a store that outlives the owners of pools, or one in memory,
   * which this program has a pool on.
   */
  readonly url: string
  /** Options of Node for workers of this program; default its own. */
  readonly execArgv?: readonly string[]
  /** How long things are killed, in ms. */
  readonly ms: number
  /** Pause between two kills of an owner, in ms, on average; `Infinity`: none is killed. */
  readonly ownerPauseMs: number
  /** How many jobs there are at any time. */
  readonly callers: number
}

/** What came of it. */
export interface SoakReport {
  readonly jobs: number
  readonly ownerKills: number
  readonly childKills: number
  /** Times that a job ran again because its worker or owner had died. */
  readonly crashes: number
  /** How long children lived on without their owner at most, in ms. */
  readonly orphanMs: number
  /** Jobs that came to something else than they should. */
  readonly wrong: readonly string[]
  /** Jobs that were decided more than once, or never. */
  readonly undecided: readonly string[]
  /** Processes that are left. */
  readonly left: readonly number[]
}

const OWNERS = 2
const READ_AT_ONCE = 50
/** Most that a caller waits between two jobs: they are all looked at in the end. */
const CALL_PAUSE_MS = 200
const CHILD_PAUSE_MS = 200
const JOBS_PER_KILL = 20
const quiet = (): void => undefined
const QUIET = { debug: quiet, info: quiet, warn: quiet, error: console.error }
const FOREVER = { maxCrashes: Number.POSITIVE_INFINITY }

/** Kill workers and the owners of their pools at random while jobs run; then look what became of each job. */
export async function crashSoak(options: SoakOptions): Promise<SoakReport> {
  const { pool, url, ms, ownerPauseMs, callers, execArgv } = options
  const broker = await getBroker(url, { logger: QUIET })
  const isOurs = url.startsWith('memory:')
  const owners: SoakOwners = isOurs ? new ThisProgram(pool, broker, execArgv) : new Owners(pool, url, OWNERS)
  const jobs: Job[] = []
  const progress = { ended: 0 }
  await owners.ready()
  const until = performance.now() + ms
  const calling = Array.from({ length: callers }, () => callUntil(until, broker, pool, jobs, progress))
  const [ownerKills, childKills] = await Promise.all([
    killOwners(until, owners, ownerPauseMs),
    pool === 'process' ? killChildren(until, owners, progress) : 0,
  ])
  await Promise.all(calling)
  const fates = await Promise.all(chunks(jobs).map((chunk) => fatesOf(broker, chunk)))
  const left = await owners.stop()
  await broker.close()
  return {
    ...{
      jobs: jobs.length,
      ownerKills: ownerKills.length,
      childKills,
      orphanMs: Math.ceil(Math.max(0, ...ownerKills)),
    },
    crashes: fates.reduce((sum, fate) => sum + fate.crashes, 0),
    wrong: fates.flatMap(({ wrong }) => wrong),
    undecided: fates.flatMap(({ undecided }) => undecided),
    left,
  }
}

/** A job, and what it should come to; `undefined`: a timeout. */
interface Job {
  readonly deferred: Deferred<unknown>
  readonly value: number | undefined
}

/** How many jobs have ended. */
interface Progress {
  ended: number
}

async function callUntil(
  until: number,
  broker: Broker,
  pool: SoakOptions['pool'],
  jobs: Job[],
  progress: Progress,
): Promise<void> {
  while (performance.now() < until) {
    const job = jobOf(broker, pool, jobs.length)
    jobs.push(job)
    await job.deferred.wait()
    progress.ended += 1
    await sleep(CALL_PAUSE_MS * Math.random())
  }
}

function jobOf(broker: Broker, pool: SoakOptions['pool'], number: number): Job {
  const { increase, increaseBelow, increaseLater, increaseOrExit, increaseAndExit, spin } =
    broker.queue<typeof soak>().soak
  const kind = number % 50
  const value = number + 1
  if (kind % 10 === 3) return { deferred: increaseBelow.with(FOREVER)(number), value }
  if (kind % 10 === 5) return { deferred: increaseLater.with(FOREVER)(number, kind), value }
  // On the event loop these would take the owner with them.
  if (kind === 38 && pool !== 'async') return { deferred: increaseAndExit.with(FOREVER)(number, number % 30), value }
  if (kind === 49 && pool !== 'async') return { deferred: spin.with(FOREVER)(), value: undefined }
  if (kind === 27 && pool !== 'async') return { deferred: increaseOrExit.with(FOREVER)(number), value }
  return { deferred: increase.with(FOREVER)(number), value }
}

async function killOwners(until: number, owners: SoakOwners, pauseMs: number): Promise<readonly number[]> {
  const orphanMs: number[] = []
  if (pauseMs === Number.POSITIVE_INFINITY) return orphanMs
  for (;;) {
    await sleep(pauseMs * (0.5 + Math.random()))
    if (performance.now() >= until) return orphanMs
    orphanMs.push(await owners.killOne())
  }
}

/** Not faster than the others get on with the jobs: else none would ever come up on a machine that is busy. */
async function killChildren(until: number, owners: SoakOwners, progress: Progress): Promise<number> {
  let kills = 0
  let seen = 0
  for (;;) {
    await sleep(CHILD_PAUSE_MS * (0.5 + Math.random()))
    if (performance.now() >= until) return kills
    if (progress.ended < seen + JOBS_PER_KILL) continue
    seen = progress.ended
    if (owners.killChild()) kills += 1
  }
}

function chunks(jobs: readonly Job[]): readonly (readonly Job[])[] {
  return Array.from({ length: READ_AT_ONCE }, (_, n) => jobs.filter((_job, index) => index % READ_AT_ONCE === n))
}

async function fatesOf(broker: Broker, jobs: readonly Job[]) {
  const fates = { crashes: 0, wrong: [] as string[], undecided: [] as string[] }
  for (const job of jobs) {
    const { id } = job.deferred
    const { history, crashes } = await broker.jobs.get(id)
    fates.crashes += crashes
    const ends = history.filter(({ what }) => what === 'success' || what === 'failed')
    if (ends.length !== 1) fates.undecided.push(`${id}: ${history.map(({ what }) => what).join(' ')}`)
    const problem = await problemOf(job)
    if (problem !== undefined) fates.wrong.push(`${id}: ${problem}`)
  }
  return fates
}

/** What a job came to, if that is wrong. */
async function problemOf({ deferred, value }: Job): Promise<string | undefined> {
  try {
    const result = await deferred.result()
    return value !== undefined && result === value ? undefined : `${String(result)} and not ${String(value)}`
  } catch (error) {
    const isTimeout = (error as { readonly kind?: unknown }).kind === 'timeout'
    return value === undefined && isTimeout ? undefined : String(error)
  }
}
