// A worker in a process of its own: node worker-process.ts STORE CONTENDER URL QUEUE. Told by messages to start and to
// stop, it tells what it ran.
import { percentile } from '../median.ts'
import type { Worker } from './contender.ts'
import type { Lag } from './remote-worker.ts'
import { stores } from './stores.ts'

/** What the worker's process is told. */
export type WorkerOrder =
  | { readonly start: number; readonly perMs?: number }
  | { readonly stop: true }
  | { readonly lag: true }
  | { readonly count: true }

/** What it tells: how many jobs ran, the sum of their numbers, when the first and the last began, its CPU time. */
export interface WorkerReport {
  readonly ready?: boolean
  readonly runs: number
  readonly sum: number
  readonly firstAt: number
  readonly lastAt: number
  readonly cpuUs: number
  /** Of the jobs run since the last that told it. */
  readonly lag?: Lag
}

const [storeName, contenderName, url = '', queue = ''] = process.argv.slice(2)
const contender = stores.find(({ name }) => name === storeName)?.contenders.find(({ name }) => name === contenderName)
if (contender === undefined) throw new Error(`no contender '${contenderName}' on '${storeName}'`)

let worker: Worker | undefined
let [runs, sum, firstAt, lastAt] = [0, 0, 0, 0]
let told = 0
let perMs: number | undefined
let lagsMs: number[] = []

process.on('message', (order: WorkerOrder) => void obey(order))
process.on('disconnect', () => process.exit())
setInterval(() => runs !== told && tell(), 2)

async function obey(order: WorkerOrder): Promise<void> {
  if ('start' in order) {
    runs = sum = firstAt = lastAt = told = 0
    perMs = order.perMs
    worker = await contender?.work({ url, queue }, order.start, ran)
  } else if ('stop' in order) {
    await worker?.stop()
  }
  tell(true, 'lag' in order ? takeLag() : undefined)
}

function takeLag(): Lag | undefined {
  const taken = lagsMs
  lagsMs = []
  if (taken.length === 0) return undefined
  return { p50Ms: percentile(taken, 0.5), p95Ms: percentile(taken, 0.95), p99Ms: percentile(taken, 0.99) }
}

function ran(number: number): void {
  lastAt = performance.timeOrigin + performance.now()
  if (runs === 0) firstAt = lastAt
  runs += 1
  sum += number
  if (perMs !== undefined) lagsMs.push(Date.now() - Math.floor(number / perMs))
}

function tell(ready?: true, lag?: Lag): void {
  told = runs
  const { user, system } = process.cpuUsage()
  const report: WorkerReport = {
    runs,
    sum,
    firstAt,
    lastAt,
    cpuUs: user + system,
    ...(ready && { ready }),
    ...(lag && { lag }),
  }
  process.send?.(report)
}
