import { describe, expect, inject, it } from 'vitest'
import { createLink } from '../../src/connection/create-link.ts'
import type { PostgresStoreOptions } from '../../src/connection/postgres-options.ts'
import { migrate } from '../../src/migrate/migrate.ts'
import { asOwner, scratchDatabase, scratchStore } from '../scratch-store.ts'

const SECRET = 'hunter2'

function link(options: PostgresStoreOptions) {
  return createLink(options, 'taskspace')
}

describe('a URL', () => {
  it.each([
    `mysql://u:${SECRET}@localhost/db`,
    `postgres:/u:${SECRET}@/`,
    `postgres://u:12/${SECRET}@localhost/db`,
    `postgres://u:12/${SECRET}/db`,
    `postgres://u:${SECRET}@localhost:99999/db`,
    `postgres://u:${SECRET}%zz@localhost/db`,
    `postgres://u:${SECRET}@localhost/db?pool=7`,
    `postgres://u:${SECRET}@localhost/db?migrate=perhaps`,
    `postgres://u:${SECRET}@localhost/db?connections=-1`,
    `postgres://u:${SECRET}@localhost/db?sslmode=prefer`,
    `postgres://u:${SECRET}@localhost/db?sslrootcert=/no/such/file`,
  ])('that says nothing usable is refused without its password: %s', (url) => {
    expect(() => link({ url })).toThrow(expect.objectContaining({ code: 'INVALID_BROKER_URL' }))
    expect(() => link({ url })).not.toThrow(SECRET)
  })

  it('is shown without its credentials, and alike however it was written', () => {
    const url = `postgres://u:${SECRET}@localhost:5432/my%20db`
    const connection = { host: 'localhost', port: 5432, user: 'v', password: SECRET, database: 'my db' }

    expect(link({ url }).url).toBe('postgres://localhost:5432/my%20db?schema=taskspace')
    expect(link({ url: `${url}?schema=a%26b` }).url).toBe('postgres://localhost:5432/my%20db?schema=a%26b')
    expect(link({ connection }).url).toBe(link({ url }).url)
  })
})

describe('options', () => {
  it.each([
    [{}, 'url'],
    [{ url: 'postgres://localhost', connection: {} }, 'url'],
    [{ url: 'postgres://localhost', schema: 'pg_x' }, 'schema'],
    [{ url: 'postgres://localhost', connections: 0 }, 'connections'],
    [{ url: 'postgres://localhost', answerTimeoutMs: Number.NaN }, 'answerTimeoutMs'],
    [{ url: 'postgres://localhost', listen: 'yes' }, 'listen'],
    [{ pool: {} }, 'pool'],
  ])('%j are refused by the name of %s', (options, field) => {
    expect(() => link(options as PostgresStoreOptions)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', field }),
    )
  })
})

describe('a server', () => {
  it('that is not there is unavailable, and nothing was sent', async () => {
    const nowhere = link({ url: `postgres://u:${SECRET}@127.0.0.1:1/db` })

    const opening = nowhere.open()

    await expect(opening).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
    await nowhere.close()
  })

  it('without the database refuses', async () => {
    const opening = migrate({ url: inject('postgresUrl').replace(/\/postgres$/, '/no_such_database') })

    await expect(opening).rejects.toMatchObject({
      code: 'BACKEND_REFUSED',
      message: expect.stringContaining('no such database'),
    })
  })

  it('without TLS refuses who asks for it', async () => {
    const opening = migrate({ url: `${inject('postgresUrl')}?sslmode=require` })

    await expect(opening).rejects.toMatchObject({ code: 'BACKEND_REFUSED', message: expect.stringContaining('SSL') })
  })

  it('whose schema was never made refuses, and says what to run', async () => {
    const { url } = scratchStore()
    const store = link({ url })

    await expect(store.open()).rejects.toMatchObject({
      code: 'BACKEND_REFUSED',
      message: expect.stringContaining('run migrate()'),
    })
    await store.close()
  })

  it('says which right is missing', async () => {
    const { url, name } = await scratchDatabase()
    await asOwner(url, `CREATE ROLE ${name} LOGIN`)

    const opening = migrate({ url: url.replace('postgres@', `${name}@`) })

    await expect(opening).rejects.toMatchObject({
      code: 'BACKEND_REFUSED',
      message: expect.stringContaining(`GRANT CREATE ON DATABASE "${name}"`),
    })
    await asOwner(url, `DROP ROLE ${name}`)
  })
})
