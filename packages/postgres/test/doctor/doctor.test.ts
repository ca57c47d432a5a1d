import { describe, expect, inject, it } from 'vitest'
import { startPostgres } from '../../../../tools/servers/postgres.ts'
import { doctor } from '../../src/doctor/doctor.ts'
import { migrate } from '../../src/migrate/migrate.ts'
import { rolesSql } from '../../src/roles/roles-sql.ts'
import { asOwner, scratchDatabase, scratchStore } from '../scratch-store.ts'

const server = inject('postgresUrl')

async function codes(url: string): Promise<string[]> {
  return (await doctor({ url })).map(({ code }) => code)
}

describe('the doctor', () => {
  it('has nothing to say of a durable server with a store that nobody touched', async () => {
    const durable = await startPostgres({ durable: true })
    try {
      await migrate({ url: durable.url() })

      expect(await doctor({ url: durable.url() })).toEqual([])
    } finally {
      await durable.remove()
    }
  })

  it('says what a server loses in a crash', async () => {
    const { url } = scratchStore()
    await migrate({ url })

    expect(await codes(url)).toEqual(['fsync-off', 'full-page-writes-off', 'synchronous-commit-off'])
  })

  it('says that a store was never set up, or by another version', async () => {
    const { url, schema } = scratchStore()

    expect(await codes(url)).toContain('not-set-up')
    await migrate({ url })
    await asOwner(server, `UPDATE ${schema}.layout SET layout = 0`)
    expect(await codes(url)).toContain('other-version')
  })

  it('says what was changed, is missing, or is not ours', async () => {
    const { url, schema } = scratchStore()
    await migrate({ url })
    await asOwner(
      server,
      `ALTER TABLE ${schema}.job ALTER COLUMN attempt TYPE int8; DROP INDEX ${schema}.edge_target;
       CREATE TABLE ${schema}.mine (n int); CREATE OR REPLACE FUNCTION ${schema}.now_v1(p_ns int) RETURNS text
       LANGUAGE sql AS $$ SELECT 'never' $$`,
    )

    const drift = (await doctor({ url })).filter(({ code }) => code === 'drift').map(({ text }) => text)

    expect(drift).toEqual([
      expect.stringContaining('index edge_target is missing'),
      expect.stringContaining('column job.attempt was changed'),
      expect.stringContaining('function now_v1(p_ns integer) was changed'),
      expect.stringContaining('column mine.n is not ours'),
    ])
  })

  it('says what a user may not do, and that it could not compare', async () => {
    const { url, name } = await scratchDatabase()
    await migrate({ url })
    await asOwner(url, `CREATE ROLE ${name} LOGIN`)
    const asRole = url.replace('postgres@', `${name}@`)

    expect(await codes(asRole)).toContain('missing-right')
    await asOwner(url, rolesSql({ worker: name }))
    const after = await codes(asRole)

    expect(after).not.toContain('missing-right')
    expect(after).toContain('not-compared')
    await asOwner(url, `DROP OWNED BY ${name}; DROP ROLE ${name}`)
  })
})
