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
export async function trial<T>(store: Store, contender: StoreContender, use: (trial: Trial) => Promise<T>): Promise<T> {
  const server = await store.start()
  const place = { url: server.url, queue: `bench-${randomUUID()}` }
  const worker = new RemoteWorker(store.name, contender.name, place)
  try {
    const producer = await contender.produce(place)
    await warmUp(producer, worker)
    const result = await use({ server, producer, worker })
    await producer.stop()
    return result
  } finally {
    worker.kill()
    await server.stop()
  }
}

const WARM_UP = 3_000

async function warmUp(producer: Producer, worker: RemoteWorker): Promise<void> {
  await worker.start(20)
  await inFlight(100, 0, WARM_UP, (number) => producer.enqueue(number))
  await worker.ran(WARM_UP, sumOf(0, WARM_UP))
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

/** What a piece of work takes: time, and CPU of the server and of this process. */
export async function measured(
  server: BenchServer,
  work: () => Promise<unknown>,
): Promise<{ readonly ms: number; readonly serverUs: number; readonly ownUs: number; readonly operations: number }> {
  const [serverBefore, operationsBefore] = [await server.cpuUs(), await server.operations()]
  const ownBefore = process.cpuUsage()
  const startedAt = performance.now()
  await work()
  const ms = performance.now() - startedAt
  const own = process.cpuUsage(ownBefore)
  const serverUs = (await server.cpuUs()) - serverBefore
  return { ms, serverUs, ownUs: own.user + own.system, operations: (await server.operations()) - operationsBefore }
}
