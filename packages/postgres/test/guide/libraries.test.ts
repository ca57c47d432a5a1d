import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Broker, TaskSpace, type Transaction } from '@taskspace/core'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { knex as createKnex } from 'knex'
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { migrate } from '../../src/migrate/migrate.ts'
import { PostgresTaskQueue } from '../../src/postgres-task-queue.ts'
import { asOwner } from '../scratch-store.ts'

const SCHEMA = 'guide_libraries'
const url = inject('postgresUrl')
const tasks = new TaskSpace('shop', { confirm: (order: string) => order })

beforeAll(async () => {
  await migrate({ url, schema: SCHEMA })
  await asOwner(url, 'CREATE TABLE IF NOT EXISTS library_orders (id text)')
})

/** Writes an order, then calls `enqueue` with what the guide says is `tx`, in one transaction; rolled back if that throws. */
type InLibrary = (id: string, enqueue: (tx: Transaction) => Promise<unknown>) => Promise<void>

const INSERT = 'INSERT INTO library_orders VALUES ($1)'

const withPg: InLibrary = async (id, enqueue) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query(INSERT, [id])
    await enqueue(client)
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
}

const withDrizzle: InLibrary = async (id, enqueue) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const db = drizzle(client)
  try {
    await client.query('BEGIN')
    await db.execute(sql`INSERT INTO library_orders VALUES (${id})`)
    const tx: Transaction = { query: (text, values) => client.query(text, values) }
    await enqueue(tx)
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
}

const withKysely: InLibrary = async (id, enqueue) => {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  const db = new Kysely<Record<string, never>>({ dialect: new PostgresDialect({ pool }) })
  try {
    await db.transaction().execute(async (trx) => {
      await trx.executeQuery(CompiledQuery.raw(INSERT, [id]))
      const tx: Transaction = { query: (text, values) => trx.executeQuery(CompiledQuery.raw(text, values)) }
      await enqueue(tx)
    })
  } finally {
    await db.destroy()
  }
}

const withKnex: InLibrary = async (id, enqueue) => {
  const knex = createKnex({ client: 'pg', connection: url, pool: { min: 0, max: 1 } })
  try {
    await knex.transaction(async (trx) => {
      await trx.raw('INSERT INTO library_orders VALUES (?)', [id])
      const tx: Transaction = { query: (text, values) => trx.raw(text.replace(/\$\d+/g, '?'), values) }
      await enqueue(tx)
    })
  } finally {
    await knex.destroy()
  }
}

/**
 * Prisma's engines come from elsewhere than npm, so this is not Prisma, but its documented call: `$queryRawUnsafe(text,
 * ...values)` resolves with the rows, an array of objects.
 */
const withPrismasCall: InLibrary = (id, enqueue) =>
  withPg(id, async (client) => {
    const tx = {
      $queryRawUnsafe: async (text: string, ...values: string[]) => (await client.query(text, values)).rows as unknown,
    }
    await enqueue(forPrisma(tx))
  })

function forPrisma(tx: { $queryRawUnsafe(text: string, ...values: string[]): Promise<unknown> }): Transaction {
  return { query: (text, values) => tx.$queryRawUnsafe(text, ...values) }
}

const LIBRARIES = { pg: withPg, drizzle: withDrizzle, kysely: withKysely, knex: withKnex, prisma: withPrismasCall }

function broker(): Broker {
  const made = new Broker(new PostgresTaskQueue({ url, schema: SCHEMA, namespace: randomUUID() }))
  onTestFinished(() => made.close())
  return made
}

const orders = (id: string) => asOwner(url, `SELECT FROM library_orders WHERE id = '${id}'`)

describe.each(Object.entries(LIBRARIES))('a call inside a transaction of %s', (_, inLibrary) => {
  it('is committed with what else was written', async () => {
    const [shop, id] = [broker(), randomUUID()]

    await inLibrary(id, (tx) => shop.queue<typeof tasks>().shop.confirm.with({ tx, id })(id).enqueued())

    expect(await orders(id)).toHaveLength(1)
    expect(await shop.deferred(id).status()).toBe('enqueued')
  })

  it('is undone with what else was written', async () => {
    const [shop, id] = [broker(), randomUUID()]

    const failing = inLibrary(id, async (tx) => {
      await shop.queue<typeof tasks>().shop.confirm.with({ tx, id })(id).enqueued()
      throw new RangeError('no')
    })

    await expect(failing).rejects.toThrow('no')
    expect(await orders(id)).toHaveLength(0)
    await expect(shop.jobs.get(id)).rejects.toMatchObject({ code: 'NO_SUCH_JOB' })
  })
})

it('is what the guide says of each library', () => {
  const [guide, here] = ['../../../../docs/guides/postgres.md', './libraries.test.ts'].map((path) =>
    readFileSync(new URL(path, import.meta.url), 'utf8'),
  )
  const adapters = [...(guide ?? '').matchAll(/^\| (?:drizzle|kysely|knex|prisma).*?\| `(\{ query: .*? \})`/gm)].map(
    ([, code]) => code,
  )

  expect(adapters).toHaveLength(4)
  for (const adapter of adapters) expect(here).toContain(adapter)
})
