import { expectCount, type Figure, perSecond, type Workload } from '../workload.ts'
import { type BenchDatabase, type ServerWork, startDatabase } from './database.ts'
import type { StoreContender, StoreRunning } from './store-contender.ts'

const COUNT = 10_000
const SINGLE = 2_000
const IN_FLIGHT = 100
const BULK = 1_000
const EVERYBODY = ['taskspace', 'graphile-worker', 'graphile-worker-tuned', 'pg-boss', 'bullmq']

/** Store jobs one call each, 100 calls under way. */
export const enqueueSingle: Workload<StoreContender> = {
  name: 'postgres-enqueue',
  contenders: ['taskspace', 'graphile-worker', 'pg-boss', 'bullmq'],
  run: (contender) =>
    withQueue(contender, async (queue, database) => {
      const before = await database.work()
      const startedAt = performance.now()
      await inFlight(queue, SINGLE)
      const elapsedMs = performance.now() - startedAt
      return [speed('enqueue-100', SINGLE, elapsedMs), ...perJob('enqueue', before, await database.work(), SINGLE)]
    }),
}

/** Store jobs many at a time, then run them all. */
export const bulkAndDrain: Workload<StoreContender> = {
  name: 'postgres-drain',
  contenders: EVERYBODY,
  run: (contender) =>
    withQueue(contender, async (queue, database) => {
      const numbers = Array.from({ length: COUNT }, (_, number) => number)
      const bulkAt = performance.now()
      for (let from = 0; from < COUNT; from += BULK) await queue.bulk(numbers.slice(from, from + BULK))
      const bulkMs = performance.now() - bulkAt
      const before = await database.work()
      const drainAt = performance.now()
      await queue.drain(COUNT)
      const drainMs = performance.now() - drainAt
      const figures = [speed('bulk', COUNT, bulkMs), speed('drain', COUNT, drainMs)]
      return [...figures, ...perJob('drain', before, await database.work(), COUNT)]
    }),
}

/**
 * The same drain while a transaction elsewhere keeps every dead row alive: jobs are stored and run in ten rounds, and the last
 * round is compared with the first.
 */
export const pinned: Workload<StoreContender> = {
  name: 'postgres-pinned',
  contenders: ['taskspace', 'graphile-worker-tuned', 'pg-boss'],
  run: (contender) =>
    withQueue(contender, async (queue, database) => {
      const release = await database.pin()
      const rounds: number[] = []
      for (let round = 0; round < 10; round += 1) {
        await queue.bulk(Array.from({ length: BULK }, (_, number) => number))
        const startedAt = performance.now()
        await queue.drain(BULK)
        rounds.push(performance.now() - startedAt)
      }
      await release()
      const [first, last] = [mean(rounds.slice(1, 3)), mean(rounds.slice(-2))]
      return [{ figure: 'pinned-slowdown', unit: 'times', value: Math.round((last / first) * 100) / 100 }]
    }),
}

async function withQueue(
  contender: StoreContender,
  measure: (queue: StoreRunning, database: BenchDatabase) => Promise<readonly Figure[]>,
): Promise<readonly Figure[]> {
  const database = await startDatabase()
  try {
    const queue = await contender.start(database.url)
    const figures = await measure(queue, database)
    await queue.stop()
    return figures
  } finally {
    await database.remove()
  }
}

async function inFlight(queue: StoreRunning, count: number): Promise<void> {
  let next = 0
  let stored = 0
  const caller = async (): Promise<void> => {
    while (next < count) {
      const number = next
      next += 1
      await queue.add(number)
      stored += 1
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller))
  expectCount('jobs stored', stored, count)
}

function speed(figure: string, count: number, elapsedMs: number): Figure {
  return { figure, unit: 'jobs/s', value: perSecond(count, elapsedMs) }
}

/** What the server did for each job, to the thousandth. */
function perJob(of: string, before: ServerWork, after: ServerWork, count: number): Figure[] {
  const each = (key: keyof ServerWork) => Math.round(((after[key] - before[key]) / count) * 1000) / 1000
  return [
    { figure: `${of}-transactions-per-job`, unit: 'transactions', value: each('transactions') },
    { figure: `${of}-wal-per-job`, unit: 'bytes', value: each('walBytes') },
    { figure: `${of}-rows-per-job`, unit: 'row versions', value: each('rows') },
  ]
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length
}
