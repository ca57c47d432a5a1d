import { describe, expect, inject, it } from 'vitest'
import { inTransaction } from '../../src/connection/pg-transaction.ts'
import { checkLayout } from '../../src/migrate/check-layout.ts'
import type { Migration } from '../../src/migrate/migration.ts'
import { runMigrations } from '../../src/migrate/run-migrations.ts'
import { asOwner, scratchDatabase, scratchStore } from '../scratch-store.ts'

const FIRST: Migration = { version: 1, name: 'shelf', sql: 'CREATE TABLE @schema@.shelf (book text)' }
const SECOND: Migration = { version: 3, name: 'year', sql: 'ALTER TABLE @schema@.shelf ADD COLUMN year int' }

/** Text of functions that count shelves. */
const counting = (result: string, sql: string) =>
  `CREATE TYPE @schema@.shelves_v1 AS (number ${result});
   CREATE FUNCTION @schema@.shelves_v1() RETURNS @schema@.shelves_v1 LANGUAGE sql AS $$ ${sql} $$`
const FUNCTIONS = { version: 2, revision: 1, sql: counting('int8', 'SELECT ROW(count(*)) FROM @schema@.shelf') }

const connectionString = inject('postgresUrl')
const connection = { connectionString }

function run(schema: string, migrations: readonly Migration[], functions = FUNCTIONS, layout = 1, minReader = 1) {
  return inTransaction(connection, (tx) => runMigrations(tx, { schema, migrations, functions, layout, minReader }))
}

function check(schema: string, layout: number) {
  return inTransaction(connection, (tx) => checkLayout({ schema, layout, query: (sql) => tx.query(sql) }))
}

describe('migrations', () => {
  it('are applied once, in order, and keep what is stored', async () => {
    const { schema } = scratchStore()

    expect(await run(schema, [FIRST])).toEqual({ applied: ['0001 shelf', '0002 functions'] })
    await asOwner(connectionString, `INSERT INTO ${schema}.shelf VALUES ('Emma')`)
    expect(await run(schema, [FIRST, SECOND])).toEqual({ applied: ['0003 year'] })
    expect(await run(schema, [FIRST, SECOND])).toEqual({ applied: [] })

    expect(await asOwner(connectionString, `SELECT * FROM ${schema}.shelf`)).toEqual([{ book: 'Emma', year: null }])
  })

  it('are applied once by ten processes that start together', async () => {
    const { schema } = scratchStore()

    const reports = await Promise.all(Array.from({ length: 10 }, () => run(schema, [FIRST, SECOND])))

    expect(reports.flatMap(({ applied }) => applied)).toEqual(['0001 shelf', '0003 year', '0002 functions'])
  })

  it('are all undone when one fails', async () => {
    const { schema } = scratchStore()
    const broken = { ...SECOND, sql: 'ALTER TABLE @schema@.nothing ADD COLUMN year int' }

    await expect(run(schema, [FIRST, broken])).rejects.toMatchObject({ code: 'BACKEND_REFUSED' })

    expect(await asOwner(connectionString, `SELECT 1 FROM pg_namespace WHERE nspname = '${schema}'`)).toEqual([])
  })

  it('refuse a schema that a newer version has migrated, or one with another text', async () => {
    const { schema } = scratchStore()
    await run(schema, [FIRST, SECOND])

    await expect(run(schema, [FIRST])).rejects.toMatchObject({ code: 'VERSION_MISMATCH' })
    await expect(run(schema, [FIRST, { ...SECOND, sql: 'SELECT 1' }])).rejects.toThrow('with another text')
  })

  it.each(["it's", 'a "quoted" name', 'ünïcode', 'UPPER lower', '1; DROP TABLE x --', 'a.b', '@schema@'])(
    'take a schema named %j [RW-08]',
    async (schema) => {
      const { url } = await scratchDatabase()

      const made = await inTransaction({ connectionString: url }, (tx) =>
        runMigrations(tx, { schema, migrations: [FIRST], functions: FUNCTIONS, layout: 1, minReader: 1 }),
      )

      expect(made.applied).toEqual(['0001 shelf', '0002 functions'])
      expect(
        await asOwner(url, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public)'"),
      ).toEqual([{ nspname: schema }])
    },
  )

  it.each(['', 'a\0b', 'half \ud800 a character', 'x'.repeat(64), 'pg_mine', 'information_schema', 'cash$'])(
    'refuse a schema named %j',
    async (schema) => {
      await expect(run(schema, [FIRST])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'schema' })
    },
  )

  it('work in a schema that somebody else made for a role without the right to make one', async () => {
    const { url, name } = await scratchDatabase()
    await asOwner(url, `CREATE ROLE ${name} LOGIN; CREATE SCHEMA mine AUTHORIZATION ${name}`)
    const asRole = { connectionString: url.replace('postgres@', `${name}@`) }
    const plan = { migrations: [FIRST], functions: FUNCTIONS, layout: 1, minReader: 1 }

    const made = await inTransaction(asRole, (tx) => runMigrations(tx, { schema: 'mine', ...plan }))
    const refused = inTransaction(asRole, (tx) => runMigrations(tx, { schema: 'other', ...plan }))

    expect(made.applied).toEqual(['0001 shelf', '0002 functions'])
    await expect(refused).rejects.toMatchObject({
      code: 'BACKEND_REFUSED',
      message: expect.stringContaining('GRANT CREATE'),
    })
    await asOwner(url, `DROP OWNED BY ${name}; DROP ROLE ${name}`)
  })
})

describe('functions', () => {
  const more = { version: 2, revision: 1, sql: counting('text', "SELECT ROW('many')") }
  const shelves = (schema: string, url = connectionString) =>
    asOwner<{ number: string }>(url, `SELECT (${schema}.shelves_v1()).number::text`).then(([row]) => row?.number)

  it('are made anew where their text has changed, after the migrations, whatever they return', async () => {
    const { schema } = scratchStore()
    await run(schema, [FIRST])

    expect(await shelves(schema)).toBe('0')
    expect(await run(schema, [FIRST, SECOND], more)).toEqual({ applied: ['0003 year', '0002 functions'] })
    expect(await run(schema, [FIRST, SECOND], more)).toEqual({ applied: [] })

    expect(await shelves(schema)).toBe('many')
  })

  it('of a later revision are kept by a version that has others', async () => {
    const { schema } = scratchStore()
    await run(schema, [FIRST], { ...more, revision: 2 })

    expect(await run(schema, [FIRST], FUNCTIONS)).toEqual({ applied: [] })

    expect(await shelves(schema)).toBe('many')
  })

  it('keep who may call them, and with whose rights they work', async () => {
    const { schema } = scratchStore()
    const role = `${schema}_role`
    await run(schema, [FIRST])
    await asOwner(
      connectionString,
      `CREATE ROLE ${role} LOGIN; GRANT USAGE ON SCHEMA ${schema} TO ${role};
       REVOKE ALL ON FUNCTION ${schema}.shelves_v1 FROM PUBLIC; GRANT EXECUTE ON FUNCTION ${schema}.shelves_v1 TO ${role};
       ALTER FUNCTION ${schema}.shelves_v1 SECURITY DEFINER`,
    )

    await run(schema, [FIRST], { ...FUNCTIONS, sql: `${FUNCTIONS.sql};` })

    const [facts] = await asOwner(
      connectionString,
      `SELECT proacl::text[] AS rights FROM pg_proc WHERE pronamespace = '${schema}'::regnamespace`,
    )
    expect(facts).toEqual({ rights: [`postgres=X/postgres`, `${role}=X/postgres`] })
    expect(await shelves(schema, connectionString.replace('postgres@', `${role}@`))).toBe('0')
    await asOwner(connectionString, `DROP OWNED BY ${role}; DROP ROLE ${role}`)
  })

  it('of another name than ours are left alone', async () => {
    const { schema } = scratchStore()
    await run(schema, [FIRST])
    await asOwner(connectionString, `CREATE FUNCTION ${schema}.mine() RETURNS int LANGUAGE sql AS 'SELECT 7'`)

    await run(schema, [FIRST], more)

    expect(await asOwner(connectionString, `SELECT ${schema}.mine()`)).toEqual([{ mine: 7 }])
  })
})

describe('a store', () => {
  it('is refused before it was set up, with what to run', async () => {
    const { schema } = scratchStore()

    await expect(check(schema, 1)).rejects.toMatchObject({
      code: 'BACKEND_REFUSED',
      message: expect.stringContaining('run migrate()'),
    })
  })

  it('is refused when its layout is older, or newer than this version can read', async () => {
    const { schema } = scratchStore()
    await run(schema, [FIRST], FUNCTIONS, 3, 2)

    await expect(check(schema, 4)).rejects.toThrow('this version needs 4: run migrate()')
    await expect(check(schema, 3)).resolves.toMatch(/^[0-9a-f-]{36}$/)
    await expect(check(schema, 2)).resolves.toMatch(/-/)
    await expect(check(schema, 1)).rejects.toMatchObject({ code: 'VERSION_MISMATCH' })
  })
})
