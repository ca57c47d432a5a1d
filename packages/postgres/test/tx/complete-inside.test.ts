import { AsyncPool, Broker, currentJob, isTaskspaceError, TaskSpace, task } from '@taskspace/core'
import pg from 'pg'
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { migrate } from '../../src/migrate/migrate.ts'
import { PostgresTaskQueue } from '../../src/postgres-task-queue.ts'
import { asOwner } from '../scratch-store.ts'

const SCHEMA = 'tx_complete_tests'
const url = inject('postgresUrl')

beforeAll(async () => {
  await migrate({ url, schema: SCHEMA })
  await asOwner(url, 'CREATE TABLE IF NOT EXISTS ledger (account text)')
})

/** How a payment goes on after it has completed its job. */
type Ending = (client: pg.Client, account: string) => Promise<unknown>

async function paying(ending: Ending, retries = 0) {
  const pay = async (account: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      await client.query('BEGIN')
      await client.query('INSERT INTO ledger VALUES ($1)', [account])
      await currentJob().complete(client, `paid ${account}`)
      await ending(client, account)
    } finally {
      await client.end()
    }
  }
  const shop = new TaskSpace('shop', { pay: task({ retries }, pay), thank: (text: unknown) => `thanks for ${text}` })
  const broker = new Broker(new PostgresTaskQueue({ url, schema: SCHEMA, namespace: crypto.randomUUID() }))
  onTestFinished(() => broker.close())
  broker.expose(shop)
  const pool = new AsyncPool(broker)
  await pool.start()
  onTestFinished(async () => void (await pool.stop()))
  return { broker, q: broker.queue<typeof shop>(), account: crypto.randomUUID() }
}

async function entries(account: string): Promise<number> {
  return (await asOwner(url, `SELECT FROM ledger WHERE account = '${account}'`)).length
}

describe('a job that its task completes in its own transaction', () => {
  it('succeeds with the commit, is told to who waits, and is handed to who depends on it', async () => {
    const { q, account } = await paying((client) => client.query('COMMIT'))

    const paid = q.shop.pay(account)
    const thanks = q.shop.thank(paid)

    await expect(paid.result({ timeout: '30s' })).resolves.toBe(`paid ${account}`)
    await expect(thanks.result({ timeout: '30s' })).resolves.toBe(`thanks for paid ${account}`)
    expect(await entries(account)).toBe(1)
  })

  it('fails with its writes undone if the task ends without a commit', async () => {
    const { q, account } = await paying((client) => client.query('ROLLBACK'))

    const paid = q.shop.pay(account)

    await expect(paid.result({ timeout: '30s' })).rejects.toThrow('not committed')
    expect(await entries(account)).toBe(0)
  })

  it('has succeeded if the task fails after the commit', async () => {
    const { q, account } = await paying(async (client) => {
      await client.query('COMMIT')
      throw new Error('no reply to the commit')
    })

    await expect(q.shop.pay(account).result({ timeout: '30s' })).resolves.toBe(`paid ${account}`)
    expect(await entries(account)).toBe(1)
  })

  it('runs again after a rollback, and pays once', async () => {
    let tries = 0
    const { q, account } = await paying((client) => {
      tries += 1
      return client.query(tries === 1 ? 'ROLLBACK' : 'COMMIT')
    }, 1)

    await expect(q.shop.pay(account).result({ timeout: '30s' })).resolves.toBe(`paid ${account}`)
    expect([tries, await entries(account)]).toEqual([2, 1])
  })

  it('is not completed by a worker that has lost it', async () => {
    const thrown: unknown[] = []
    const shop = new TaskSpace('shop', {
      pay: async (account: string) => {
        const client = new pg.Client({ connectionString: url })
        await client.connect()
        await client.query('BEGIN')
        await client.query('INSERT INTO ledger VALUES ($1)', [account])
        await asOwner(
          url,
          `DELETE FROM ${SCHEMA}.held WHERE job = (SELECT key FROM ${SCHEMA}.job WHERE id = '${currentJob().id}')`,
        )
        await currentJob()
          .complete(client, 'late')
          .catch((error: unknown) => thrown.push(error))
        await client.query('COMMIT')
        await client.end()
      },
    })
    const broker = new Broker(new PostgresTaskQueue({ url, schema: SCHEMA, namespace: crypto.randomUUID() }))
    onTestFinished(() => broker.close())
    broker.expose(shop)
    const pool = new AsyncPool(broker)
    await pool.start()
    onTestFinished(async () => void (await pool.stop()))
    const account = crypto.randomUUID()

    await broker.queue<typeof shop>().shop.pay(account).enqueued()
    await expect.poll(() => thrown.length, { timeout: 30_000 }).toBe(1)

    expect(isTaskspaceError(thrown[0], 'LEASE_LOST')).toBe(true)
    await expect.poll(() => entries(account)).toBe(0)
  })
})
