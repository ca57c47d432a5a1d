// A worker in a process of its own: node worker-process.ts STORE CONTENDER URL QUEUE. Told by messages to start and to
// stop, it tells what it ran.
import type { Worker } from './contender.ts'
import { stores } from './stores.ts'

/** What the worker's process is told. */
export type WorkerOrder = { readonly start: number } | { readonly stop: true }

/** What it tells: how many jobs ran, the sum of their numbers, when the first and the last began, its CPU time. */
export interface WorkerReport {
  readonly ready?: boolean
  readonly runs: number
  readonly sum: number
  readonly firstAt: number
  readonly lastAt: number
  readonly cpuUs: number
}

const [storeName, contenderName, url = '', queue = ''] = process.argv.slice(2)
const contender = stores.find(({ name }) => name === storeName)?.contenders.find(({ name }) => name === contenderName)
if (contender === undefined) throw new Error(`no contender '${contenderName}' on '${storeName}'`)

let worker: Worker | undefined
let [runs, sum, firstAt, lastAt] = [0, 0, 0, 0]
let told = 0

process.on('message', (order: WorkerOrder) => void obey(order))
process.on('disconnect', () => process.exit())
setInterval(() => runs !== told && tell(), 2)

async function obey(order: WorkerOrder): Promise<void> {
  if ('start' in order) {
    runs = sum = firstAt = lastAt = told = 0
    worker = await contender?.work({ url, queue }, order.start, ran)
  } else {
    await worker?.stop()
  }
  tell(true)
}

function ran(number: number): void {
  lastAt = performance.timeOrigin + performance.now()
  if (runs === 0) firstAt = lastAt
  runs += 1
  sum += number
}

function tell(ready?: true): void {
  told = runs
  const { user, system } = process.cpuUsage()
  const report: WorkerReport = { runs, sum, firstAt, lastAt, cpuUs: user + system, ...(ready && { ready }) }
  process.send?.(report)
}
