import { AsyncPool, Broker, TaskSpace } from '@taskspace/core'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { PostgresTaskQueue } from '../src/postgres-task-queue.ts'
import { endPool } from './end-pool.ts'
import { scratchDatabase } from './scratch-store.ts'

const JOBS = 40
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** A broker whose calls are written down: the functions called, and `pg_notify` for a notification of its own. */
function brokerOn(url: string, calls: string[]): Broker {
  const pool = new pg.Pool({ connectionString: url })
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (request: { readonly text: string }) => unknown
    client.query = ((request: { readonly text: string }) => {
      const [, name] = /(enqueue_v1|claim_v1|settle_v1|pg_notify)\(/.exec(request.text) ?? []
      if (name !== undefined) calls.push(name)
      return query(request)
    }) as typeof client.query
  })
  const broker = new Broker(new PostgresTaskQueue({ pool, migrate: true }), { logger: quiet })
  onTestFinished(async () => {
    await broker.close()
    await endPool(pool)
  })
  return broker
}

it('takes three calls where somebody waits for it: it is stored, claimed and settled, and each tells by itself', async () => {
  const { url } = await scratchDatabase()
  const calls: string[] = []
  const [producer, worker] = [brokerOn(url, calls), brokerOn(url, calls)]
  worker.expose(new TaskSpace('math', { twice: (n: number) => 2 * n }))
  const pool = new AsyncPool(worker, { concurrency: 1 })
  const { math } = producer.queue<TaskSpace<'math', { twice: (n: number) => number }>>()
  await producer.queues.get('default').counts()
  await pool.start()
  onTestFinished(async () => void (await pool.stop()))

  const trips: string[] = []
  for (let n = 0; n < JOBS; n += 1) {
    calls.length = 0
    expect(await math.twice(n).result()).toBe(2 * n)
    trips.push(calls.join(' '))
  }

  // A notification that follows too closely on another waits for a moment, and polls come between.
  expect(trips).toContain('enqueue_v1 claim_v1 settle_v1')
})
