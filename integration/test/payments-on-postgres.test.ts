import { randomUUID } from 'node:crypto'
import { type Broker, getBroker, type WorkerPool } from '@taskspace/core'
import { ProcessPool } from '@taskspace/process-pool'
import { ThreadPool } from '@taskspace/thread-pool'
import pg from 'pg'
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type {} from '../../tools/servers/postgres-setup.ts'
import { payments } from '../matrix/payment-tasks.ts'

const url = inject('postgresUrl')
const isolated = {
  module: new URL('../matrix/payment-tasks.ts', import.meta.url),
  workers: 1,
  execArgv: ['--conditions=@taskspace/source'],
}
const POOLS = {
  thread: (broker: Broker) => new ThreadPool(broker, isolated),
  process: (broker: Broker) => new ProcessPool(broker, isolated),
}

let broker: Broker
let pool: WorkerPool
let account: string
const queue = () => broker.queue<typeof payments>()

beforeAll(() => run('CREATE TABLE IF NOT EXISTS payments (account text)'))

async function run(sql: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rowCount ?? 0
  } finally {
    await client.end()
  }
}

const entries = () => run(`SELECT FROM payments WHERE account = '${account}'`)

describe.each(Object.entries(POOLS))(
  'a job that its task completes in a transaction, in a pool of kind %s',
  (_, make) => {
    beforeEach(async () => {
      account = randomUUID()
      broker = await getBroker(`${url}?schema=payments&migrate=true&namespace=${account}`)
      broker.expose(payments)
      pool = make(broker)
      await pool.start()
    })
    afterEach(async () => {
      await pool.stop()
      await broker.close()
    })

    it('succeeds with the commit, as the calls do that were made in it, and is handed on', async () => {
      const paid = queue().payments.pay(url, account, 'commit')
      const receipt = queue().payments.receipt(paid)

      await expect(paid.result()).resolves.toBe(`paid ${account}`)
      await expect(receipt.result()).resolves.toBe(`receipt: paid ${account}`)
      await expect(broker.deferred(`thanks ${account}`).result()).resolves.toBe(`thanks for ${account}`)
      expect(await entries()).toBe(1)
    })

    it('fails without a commit, and leaves nothing behind', async () => {
      await expect(queue().payments.pay(url, account, 'rollback').result()).rejects.toThrow('not committed')

      expect(await entries()).toBe(0)
      await expect(broker.jobs.get(`thanks ${account}`)).rejects.toMatchObject({ code: 'NO_SUCH_JOB' })
    })

    it('has succeeded if its worker ends after the commit', async () => {
      await expect(queue().payments.pay(url, account, 'exit after commit').result()).resolves.toBe(`paid ${account}`)

      expect(await entries()).toBe(1)
    })

    it('runs again if its worker ends before the commit, and pays once', async () => {
      await expect(queue().payments.pay(url, account, 'exit before commit').result()).resolves.toBe(`paid ${account}`)

      expect(await entries()).toBe(1)
    })
  },
)
