import { beforeAll, expect, it } from 'vitest'
import { type PostgresServer, startPostgres } from '../../../../tools/servers/postgres.ts'
import { systemPostgres } from '../../../../tools/servers/postgres-binaries.ts'
import { postgresTarget } from '../postgres-target.ts'
import { describeKit } from './describe-kit.ts'

const bin = systemPostgres().find((folder) => /\/15\/bin$/.test(folder))

if (bin === undefined) {
  it('the system has no PostgreSQL 15: it is not tried here', () => {
    expect(systemPostgres().filter((folder) => folder.includes('/15/'))).toEqual([])
  })
} else {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres({ bin })
    return () => server.remove()
  })
  describeKit('postgres 15', postgresTarget({ ownerUrl: () => server.url() }))
}
