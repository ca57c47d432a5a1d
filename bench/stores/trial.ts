import { randomUUID } from 'node:crypto'
import type { BenchServer, Producer, StoreContender } from './contender.ts'
import { RemoteWorker } from './remote-worker.ts'
import type { Store } from './store.ts'

/** One contender on a server of its own. */
export interface Trial {
  readonly server: BenchServer
  readonly producer: Producer
  readonly worker: RemoteWorker
}

/** Give a contender a fresh server, a producer and a worker process, both warmed up; clean up afterwards. */
export function trial<T>(store: Store, contender: StoreContender, use: (trial: Trial) => Promise<T>): Promise<T> {
  return cold(store, contender, async (given) => {
    await warmUp(given.producer, given.worker)
    return use(given)
  })
}

/** The same, not warmed up. */
export async function cold<T>(store: Store, contender: StoreContender, use: (trial: Trial) => Promise<T>): Promise<T> {
  const server = await store.start()
  const place = { url: server.url, queue: `bench-${randomUUID()}` }
  const worker = new RemoteWorker(store.name, contender.name, place)
  try {
    const producer = await contender.produce(place)
    const result = await use({ server, producer, worker })
    await producer.stop()
    return result
  } finally {
    worker.kill()
    await server.stop()
  }
}

/**
 * For how long work like that which is measured is done before, in ms: the faster a queue, the more of it. What runs for less
 * is still being compiled.
 */
export const WARM_UP_MS = 1_500
const WARM_UP_STEP = 200

async function warmUp(producer: Producer, worker: RemoteWorker): Promise<void> {
  await worker.start(20)
  let jobs = 0
  for (const end = performance.now() + WARM_UP_MS; performance.now() < end; jobs += WARM_UP_STEP) {
    await inFlight(100, jobs, jobs + WARM_UP_STEP, (number) => producer.enqueue(number))
  }
  await worker.ran(jobs, sumOf(0, jobs))
  await worker.stop()
}

/** Call for each number `from` … `to - 1`, this many at a time. */
export async function inFlight(
  width: number,
  from: number,
  to: number,
  call: (number: number) => Promise<unknown>,
): Promise<void> {
  let next = from
  const caller = async (): Promise<void> => {
    while (next < to) {
      const number = next
      next += 1
      await call(number)
    }
  }
  await Promise.all(Array.from({ length: width }, caller))
}

/** The sum of `from` … `to - 1`. */
export function sumOf(from: number, to: number): number {
  return ((from + to - 1) * (to - from)) / 2
}

/** Have jobs stored, in the quickest way there is. */
export async function store(producer: Producer, jobs: number): Promise<void> {
  const { enqueueBulk } = producer
  if (enqueueBulk === undefined) return inFlight(200, 0, jobs, (number) => producer.enqueue(number))
  for (let from = 0; from < jobs; from += 500) await enqueueBulk(from, Math.min(from + 500, jobs))
}

/** What a piece of work takes. */
export interface Effort {
  readonly ms: number
  /** CPU of the server, and of this process. */
  readonly serverUs: number
  readonly ownUs: number
  readonly operations: number
  readonly counters: Readonly<Record<string, number>>
}

/** Do some work, and say what it takes. */
export async function measured(server: BenchServer, work: () => Promise<unknown>): Promise<Effort> {
  const countersBefore = (await server.counters?.()) ?? {}
  const [operationsBefore, serverBefore] = [await server.operations(), await server.cpuUs()]
  const ownBefore = process.cpuUsage()
  const startedAt = performance.now()
  await work()
  const ms = performance.now() - startedAt
  const own = process.cpuUsage(ownBefore)
  const serverUs = (await server.cpuUs()) - serverBefore
  const operations = (await server.operations()) - operationsBefore
  const counters = Object.entries((await server.counters?.()) ?? {}).map(
    ([name, count]) => [name, count - (countersBefore[name] ?? 0)] as const,
  )
  return { ms, serverUs, ownUs: own.user + own.system, operations, counters: Object.fromEntries(counters) }
}
