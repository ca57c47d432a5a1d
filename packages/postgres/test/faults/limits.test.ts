import { randomBytes } from 'node:crypto'
import { job, jobs, KitSession, success } from '@taskspace/testing/kit'
import pg from 'pg'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { startPostgres } from '../../../../tools/servers/postgres.ts'
import type { PostgresStoreOptions } from '../../src/connection/postgres-options.ts'
import { migrate } from '../../src/migrate/migrate.ts'
import { PostgresTaskQueue } from '../../src/postgres-task-queue.ts'
import { endPool } from '../end-pool.ts'
import { asOwner, scratchStore } from '../scratch-store.ts'

const REJECTED = { code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' }

async function opened(options: PostgresStoreOptions): Promise<PostgresTaskQueue> {
  const queue = new PostgresTaskQueue(options)
  onTestFinished(() => queue.close())
  await queue.open()
  return queue
}

async function migrated(): Promise<{ url: string; schema: string }> {
  const store = scratchStore()
  await migrate({ url: store.url })
  return store
}

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

describe('a call', () => {
  it.each(['statement_timeout', 'lock_timeout'])(
    'that the server gives up by its %s is rejected, and can be made again',
    async (setting) => {
      const { schema } = await migrated()
      const connection = { connectionString: inject('postgresUrl'), options: `-c ${setting}=100` }
      const session = await new KitSession(await opened({ connection, schema })).begin()
      const locker = await connected()
      await locker.query(`BEGIN; LOCK TABLE ${schema}.job`)

      await expect(session.put(job('a'))).rejects.toMatchObject(REJECTED)
      await locker.query('COMMIT')

      await session.put(job('a'))
    },
  )

  it('that meets a deadlock is made again, and applied once', async () => {
    const { url, schema } = await migrated()
    const session = await new KitSession(await opened({ url })).begin()
    await session.put(...jobs('j', 2))
    const other = await connected()
    // It will not be the one who gives way.
    await other.query(`SET deadlock_timeout = '1h'`)
    await other.query(`BEGIN; SELECT FROM ${schema}.job WHERE id = 'j1' FOR UPDATE`)

    const canceled = session.control({ kind: 'cancel', ids: ['j0', 'j1'], reason: 'enough', cascade: 'refuse' })
    await expect
      .poll(() =>
        asOwner(inject('postgresUrl'), `SELECT 1 FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()`),
      )
      .not.toEqual([])
    await other.query(`SELECT FROM ${schema}.job WHERE id = 'j0' FOR UPDATE`)
    await other.query('COMMIT')

    expect(await canceled).toEqual([{ code: 'canceled', found: ['enqueued', 'enqueued'] }])
  })

  it('waits for a connection of a pool that is exhausted, and is rejected in the end; renewals go on', async () => {
    const { schema } = await migrated()
    const pool = new pg.Pool({ connectionString: inject('postgresUrl'), max: 1 })
    onTestFinished(() => endPool(pool))
    const session = await new KitSession(await opened({ pool, schema, answerTimeoutMs: 500 })).begin()
    await session.put(job('a'))
    const held = await session.takeOne()
    const hog = await pool.connect()

    await expect(session.settle(success(held))).rejects.toMatchObject(REJECTED)
    expect(await session.renew()).toMatchObject({ held: 1 })
    hog.release()

    expect(await session.settle(success(held))).toEqual(['ok'])
  })
})

describe('a server whose disk is full', () => {
  /** Blocks of 512 or 1,024 bytes: more than a segment of the log, which has to fit. */
  const FILE_BLOCKS = 35_000
  const megabyte = () => `"${randomBytes(750_000).toString('base64')}"`

  it('rejects what it cannot store, keeps what it has, and takes more once there is room', async () => {
    const server = await startPostgres({ fileBlocks: FILE_BLOCKS })
    onTestFinished(() => server.remove())
    await migrate({ url: server.url() })
    const queue = await opened({ url: server.url() })
    const session = await new KitSession(queue, { leaseMs: 600_000 }).begin()
    const stored: string[] = []

    const fill = async () => {
      for (let n = 0; n < 100; n += 1) {
        await session.put(job(`j${n}`, { input: megabyte() }))
        stored.push(`j${n}`)
      }
    }
    await expect(fill()).rejects.toMatchObject({ ...REJECTED, message: expect.stringContaining('could not extend') })

    expect(stored.length).toBeGreaterThan(5)
    const [last] = await session.take(1)
    expect(last?.id).toBe('j0')
    await server.stop()
    await server.start({}, { fileBlocks: undefined })
    await expect
      .poll(() =>
        session.put(job('more', { input: megabyte() })).then(
          () => 'stored',
          () => 'refused',
        ),
      )
      .toBe('stored')
    expect((await queue.read([...stored, 'more'])).filter((record) => record !== undefined)).toHaveLength(
      stored.length + 1,
    )
  })
})
