import { AsyncPool, Broker, TaskSpace } from '@taskspace/core'
import { expect, it, onTestFinished } from 'vitest'
import { startFaultProxy } from '../../../../tools/servers/fault-proxy.ts'
import { type PostgresServer, startPostgres } from '../../../../tools/servers/postgres.ts'
import { migrate } from '../../src/migrate/migrate.ts'
import { PostgresTaskQueue } from '../../src/postgres-task-queue.ts'
import { asOwner } from '../scratch-store.ts'
import { startStandby } from './standby.ts'

const COUNT = 200
const math = new TaskSpace('math', { twice: (n: number) => 2 * n })
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

function brokerOn(url: string, enqueueTimeout: '50s' | '300ms'): Broker {
  const broker = new Broker(new PostgresTaskQueue({ url }), { enqueueTimeout, logger: quiet })
  onTestFinished(() => broker.close())
  broker.expose(math)
  return broker
}

/** A server that answers a commit when its standby has it too. */
async function pair(): Promise<{ readonly primary: PostgresServer; readonly standby: PostgresServer }> {
  const primary = await startPostgres({ durable: true })
  onTestFinished(() => primary.remove())
  await migrate({ url: primary.url() })
  const standby = await startStandby(primary)
  await asOwner(primary.url(), "ALTER SYSTEM SET synchronous_standby_names = '*'")
  await asOwner(primary.url(), 'SELECT pg_reload_conf()')
  await expect
    .poll(() => asOwner(primary.url(), 'SELECT sync_state FROM pg_stat_replication'))
    .toEqual([{ sync_state: 'sync' }])
  return { primary, standby }
}

it('jobs and results survive a failover to a standby, which takes none before it is promoted', async () => {
  const { primary, standby } = await pair()
  const proxy = await startFaultProxy(primary.port)
  onTestFinished(() => proxy.close())
  const url = `postgres://postgres@127.0.0.1:${proxy.port}/postgres`
  const [producer, hasty, worker] = [brokerOn(url, '50s'), brokerOn(url, '300ms'), brokerOn(url, '50s')]
  const pool = new AsyncPool(worker)
  await pool.start()
  onTestFinished(async () => void (await pool.stop()))
  const q = producer.queue<typeof math>()
  await hasty.queues.get('default').counts()

  const jobs = Array.from({ length: COUNT }, (_, n) => q.math.twice(n))
  const results = Promise.all(jobs.map((job) => job.result({ timeout: '50s' })))
  await Promise.all(jobs.slice(0, COUNT / 4).map((job) => job.enqueued()))
  await primary.stop('kill')
  proxy.divert(standby.port)

  await expect(hasty.queue<typeof math>().math.twice(1).enqueued()).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
  })
  await asOwner(standby.url(), 'SELECT pg_promote(true)')

  // Found out by themselves: nobody tells producer and pool.
  await expect(q.math.twice(COUNT).result({ timeout: '5s' })).resolves.toBe(2 * COUNT)
  expect(await results).toEqual(Array.from({ length: COUNT }, (_, n) => 2 * n))
})
