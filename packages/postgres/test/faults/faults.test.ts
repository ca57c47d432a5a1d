import { AsyncPool, Broker, TaskSpace } from '@taskspace/core'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type PostgresServer, startPostgres } from '../../../../tools/servers/postgres.ts'
import type { PostgresStoreOptions } from '../../src/connection/postgres-options.ts'
import { migrate } from '../../src/migrate/migrate.ts'
import { PostgresTaskQueue } from '../../src/postgres-task-queue.ts'
import { endPool } from '../end-pool.ts'
import { asOwner } from '../scratch-store.ts'

const COUNT = 200
const math = new TaskSpace('math', { twice: (n: number) => 2 * n })
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

async function serverWith(settings: Record<string, string> = {}): Promise<PostgresServer> {
  const server = await startPostgres({ settings, durable: true })
  onTestFinished(() => server.remove())
  await migrate({ url: server.url() })
  return server
}

function brokerOn(store: PostgresStoreOptions): Broker {
  const broker = new Broker(new PostgresTaskQueue(store), { enqueueTimeout: '60s', logger: quiet })
  onTestFinished(() => broker.close())
  broker.expose(math)
  return broker
}

async function workingOn(store: PostgresStoreOptions): Promise<Broker> {
  const broker = brokerOn(store)
  const pool = new AsyncPool(broker)
  await pool.start()
  onTestFinished(async () => void (await pool.stop()))
  return broker
}

/** Enqueue and wait in rounds, while `disturb` goes on. */
async function results(broker: Broker, disturb: () => Promise<unknown>): Promise<number[]> {
  const q = broker.queue<typeof math>()
  const jobs = Array.from({ length: COUNT }, (_, n) => q.math.twice(n))
  const disturbed = disturb()
  const values = await Promise.all(jobs.map((job) => job.result({ timeout: '50s' })))
  await disturbed
  return values
}

const EXPECTED = Array.from({ length: COUNT }, (_, n) => 2 * n)

describe('jobs and results', () => {
  it('survive the killing of connections at random', async () => {
    const server = await serverWith()
    const worker = await workingOn({ url: server.url() })
    const producer = brokerOn({ url: server.url() })

    const values = await results(producer, async () => {
      for (let round = 0; round < 10; round += 1) {
        await asOwner(
          server.url(),
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND random() < 0.5',
        )
      }
    })

    expect(values).toEqual(EXPECTED)
    await expect(worker.queue<typeof math>().math.twice(4).result({ timeout: '50s' })).resolves.toBe(8)
  })

  it.each(['immediate', 'kill'] as const)(
    'survive a crash of the server (%s), and are claimed within 5 s of its return',
    async (mode) => {
      const server = await serverWith()
      await workingOn({ url: server.url() })
      const producer = brokerOn({ url: server.url() })

      const values = await results(producer, async () => {
        await server.stop(mode)
        await server.start()
      })
      expect(values).toEqual(EXPECTED)

      // Nothing is under way now: pool and producer have to find out by themselves.
      await server.stop(mode)
      await server.start()
      await expect(producer.queue<typeof math>().math.twice(4).result({ timeout: '5s' })).resolves.toBe(8)
    },
  )

  it('come through where transactions are serializable by default', async () => {
    const server = await serverWith({ default_transaction_isolation: 'serializable' })
    const pool = new pg.Pool({ connectionString: server.url() })
    await workingOn({ pool })
    const producer = brokerOn({ url: server.url() })
    onTestFinished(() => endPool(pool))

    await expect(results(producer, async () => undefined)).resolves.toEqual(EXPECTED)
  })
})

describe('a call', () => {
  it('is rejected while the server takes no writes, and goes through when it does', async () => {
    const server = await serverWith()
    const broker = brokerOn({ url: server.url() })
    const short = new Broker(new PostgresTaskQueue({ url: server.url() }), { enqueueTimeout: '200ms', logger: quiet })
    onTestFinished(() => short.close())
    await broker.queues.get('default').counts()
    const set = async (value: string) => {
      await asOwner(server.url(), `ALTER SYSTEM SET default_transaction_read_only = ${value}`)
      await asOwner(server.url(), 'SELECT pg_reload_conf()')
      await expect
        .poll(() => asOwner(server.url(), 'SHOW default_transaction_read_only'))
        .toEqual([{ default_transaction_read_only: value }])
    }

    await set('on')
    const refused = short.queue<typeof math>().math.twice(1).enqueued()
    const waiting = broker.queue<typeof math>().math.twice(2).enqueued()

    await expect(refused).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
    await set('off')
    await waiting
  })

  it('is rejected while the server has no connection left, and goes through when it has', async () => {
    const server = await serverWith({ max_connections: '5', superuser_reserved_connections: '0', max_wal_senders: '0' })
    const hogs: pg.Client[] = []
    for (let full = false; !full; ) {
      const hog = new pg.Client({ connectionString: server.url() })
      full = await hog.connect().then(
        () => false,
        () => true,
      )
      if (!full) hogs.push(hog)
    }
    const queue = new PostgresTaskQueue({ url: server.url() })
    onTestFinished(() => queue.close())

    await expect(queue.open()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
    await Promise.all(hogs.map((hog) => hog.end()))

    await expect
      .poll(() =>
        queue.open().then(
          () => 'open',
          () => 'full',
        ),
      )
      .toBe('open')
  })
})
