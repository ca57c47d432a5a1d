import { AsyncPool, Broker, TaskSpace, type Transaction } from '@taskspace/core'
import pg from 'pg'
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { migrate } from '../../src/migrate/migrate.ts'
import { PostgresTaskQueue } from '../../src/postgres-task-queue.ts'
import { endPool } from '../end-pool.ts'
import { asOwner, scratchDatabase } from '../scratch-store.ts'

const SCHEMA = 'tx "tests"'
const url = inject('postgresUrl')
const math = new TaskSpace('math', {
  num: (text: string) => Number(text),
  add: (values: number[]) => values.reduce((a, b) => a + b, 0),
  wait: () => new Promise<number>((resolve) => setTimeout(() => resolve(1), 50)),
})

beforeAll(async () => {
  await migrate({ url, schema: SCHEMA })
})

async function openBroker(store = { url, schema: SCHEMA }) {
  const broker = new Broker(new PostgresTaskQueue({ ...store, namespace: crypto.randomUUID() }))
  onTestFinished(() => broker.close())
  broker.expose(math)
  const q = broker.queue<typeof math>()
  await broker.queues.get('default').counts()
  return { broker, q, counts: async () => (await broker.queues.get('default').counts()) as object }
}

async function begun(on = url): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: on })
  await client.connect()
  onTestFinished(() => client.end())
  await client.query('BEGIN')
  return client
}

async function working(broker: Broker): Promise<AsyncPool> {
  const pool = new AsyncPool(broker)
  onTestFinished(async () => void (await pool.stop()))
  await pool.start()
  return pool
}

describe('a call made in a transaction', () => {
  it('never was when that is rolled back, and is there once it is committed', async () => {
    const { broker, q } = await openBroker()
    await working(broker)
    const [lost, kept] = [await begun(), await begun()]

    const never = await q.math.num.with({ tx: lost })('1').enqueued()
    const there = await q.math.num
      .with({ tx: kept, priority: 3, tags: ['a'], meta: { b: 1 } })('2')
      .enqueued()
    await expect(there.status()).resolves.toBeUndefined()
    await lost.query('ROLLBACK')
    await kept.query('COMMIT')

    await expect(there.result({ timeout: '30s' })).resolves.toBe(2)
    await expect(never.status()).resolves.toBeUndefined()
    await expect(broker.jobs.get(there.id)).resolves.toMatchObject({ priority: 3, tags: ['a'], meta: { b: 1 } })
  })

  it('takes jobs of the same transaction and of others as arguments, and is released after the commit', async () => {
    const { broker, q } = await openBroker()
    await working(broker)
    const tx = await begun()
    const outside = q.math.num('1')
    await outside.result({ timeout: '30s' })

    const inside = q.math.num.with({ tx })('2')
    const sum = q.math.add.with({ tx })([outside, inside, q.math.num('4')])
    const again = await q.math.add.with({ tx })([sum, 8]).enqueued()
    await expect(inside.status()).resolves.toBeUndefined()
    await tx.query('COMMIT')

    await expect(again.result({ timeout: '30s' })).resolves.toBe(15)
  })

  it('fails if a job that it needs is not there after the commit', async () => {
    const { broker, q } = await openBroker()
    await working(broker)
    const [tx, other] = [await begun(), await begun()]

    const never = await q.math.num.with({ tx: other })('1').enqueued()
    const sum = await q.math.add.with({ tx })([never]).enqueued()
    await other.query('ROLLBACK')
    await tx.query('COMMIT')

    await expect(sum.result({ timeout: '30s' })).rejects.toThrow(`it needs job ${never.id}: no-such-job`)
  })

  it('holds up nobody while its transaction is open', async () => {
    const { broker, q } = await openBroker()
    await working(broker)
    const tx = await begun()
    const parent = q.math.wait()
    await q.math.add.with({ tx })([parent, 1]).enqueued()

    await expect(parent.result({ timeout: '30s' })).resolves.toBe(1)
    await expect(q.math.add([parent, q.math.num('1')]).result({ timeout: '30s' })).resolves.toBe(2)

    await tx.query('ROLLBACK')
  })

  it('heeds ids: a taken one is refused, returned, or not replaced', async () => {
    const { q } = await openBroker()
    const tx = await begun()
    await q.math.num.with({ id: 'mine' })('1').enqueued()

    const refused = q.math.num.with({ tx, id: 'mine' })('2').enqueued()
    await expect(refused).rejects.toMatchObject({ code: 'DUPLICATE_TASK' })
    const same = await q.math.num.with({ tx, id: 'mine', onDuplicate: 'return' })('2').enqueued()
    const fresh = await q.math.num.with({ tx, id: 'fresh', onDuplicate: 'replace' })('2').enqueued()
    const replaced = q.math.num.with({ tx, id: 'mine', onDuplicate: 'replace' })('2').enqueued()

    await expect(replaced).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'tx' })
    expect([same.id, fresh.id]).toEqual(['mine', 'fresh'])
  })

  it('is refused outside a transaction, after its end, in one that is aborted, and in that of another store', async () => {
    const { q } = await openBroker()
    const { url: elsewhere } = await scratchDatabase()
    const another = await scratchDatabase()
    await migrate({ url: another.url, schema: SCHEMA })
    const [ended, aborted] = [await begun(), await begun()]
    await ended.query('COMMIT')
    await aborted.query('SELECT 1 / 0').catch(() => undefined)
    const pool = new pg.Pool({ connectionString: url })
    onTestFinished(() => endPool(pool))
    const cases: [Transaction, string][] = [
      [ended, 'not inside a transaction'],
      [pool, 'not inside a transaction'],
      [aborted, 'an earlier error has aborted it'],
      [await begun(elsewhere), 'a transaction of another database'],
      [await begun(another.url), 'a transaction of another database'],
    ]

    for (const [tx, text] of cases) {
      const enqueued = q.math.num.with({ tx })('1').enqueued()
      await expect(enqueued).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        field: 'tx',
        message: expect.stringContaining(text),
      })
    }
  })

  it('passes on what else the database says, as it says it', async () => {
    const { q } = await openBroker()
    const tx = await begun()
    await tx.query("SET LOCAL statement_timeout = '1ms'")
    const jobs = Array.from({ length: 200 }, () => q.math.num.with({ tx })('1'))

    const refused = await Promise.allSettled(jobs.map((job) => job.enqueued()))

    expect(refused[0]).toMatchObject({ status: 'rejected', reason: { code: '57014' } })
  })

  it('travels through whatever performs a statement', async () => {
    const { broker, q } = await openBroker()
    await working(broker)
    const client = await begun()
    const adapter = { query: async (text: string, values: unknown[]) => (await client.query(text, values)).rows }

    const job = await q.math.num.with({ tx: adapter })('7').enqueued()
    await client.query('COMMIT')

    await expect(job.result({ timeout: '30s' })).resolves.toBe(7)
    await asOwner(url, 'SELECT 1')
  })
})
