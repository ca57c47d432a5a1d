import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type PostgresServer, startPostgres } from '../../../../tools/servers/postgres.ts'
import { serverUser } from '../../../../tools/servers/postgres-binaries.ts'
import { selfSigned } from '../../../../tools/servers/self-signed.ts'
import type { PostgresStoreOptions } from '../../src/connection/postgres-options.ts'
import { migrate } from '../../src/migrate/migrate.ts'
import { PostgresTaskQueue } from '../../src/postgres-task-queue.ts'

const folder = mkdtempSync(join(tmpdir(), 'taskspace-postgres-tls-'))
const { key, cert } = selfSigned()
const stranger = selfSigned()
let server: PostgresServer

/** A file that the server, who may be another user, can read, and nobody else. */
function fileOf(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  chmodSync(path, 0o600)
  if (serverUser.uid !== undefined) chownSync(path, serverUser.uid, serverUser.gid as number)
  return path
}

beforeAll(async () => {
  if (serverUser.uid !== undefined) chownSync(folder, serverUser.uid, serverUser.gid as number)
  const files = { ssl_cert_file: fileOf('server.crt', cert), ssl_key_file: fileOf('server.key', key) }
  server = await startPostgres({ settings: { ssl: 'on', ...files } })
  await migrate({ url: server.url() })
})
afterAll(async () => {
  await server.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** How many connections of ours there are, by whether they are encrypted. */
async function connections(): Promise<{ encrypted: number; plain: number }> {
  const client = new pg.Client({ connectionString: server.url() })
  await client.connect()
  try {
    const { rows } = await client.query(
      `SELECT count(*) FILTER (WHERE ssl)::int AS encrypted, count(*) FILTER (WHERE NOT ssl)::int AS plain
       FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'taskspace'`,
    )
    return rows[0]
  } finally {
    await client.end()
  }
}

async function openedWith(options: PostgresStoreOptions): Promise<PostgresTaskQueue> {
  const queue = new PostgresTaskQueue(options)
  onTestFinished(() => queue.close())
  await queue.open()
  return queue
}

const REFUSED = { code: 'BACKEND_REFUSED', message: expect.stringContaining('no secure connection') }

describe('an encrypted connection', () => {
  it('is made to a server whose certificate is known, for calls, renewals and what is listened to', async () => {
    const queue = await openedWith({ url: `${server.url()}?sslrootcert=${fileOf('ca.crt', cert)}` })

    await queue.begin({ id: 's' })
    const subscription = await queue.listen('s', quiet)
    await expect.poll(connections).toEqual({ encrypted: 3, plain: 0 })

    expect(await queue.counts()).toEqual(new Map())
    await subscription.close()
  })

  it('is made by options in code', async () => {
    await openedWith({ connection: { connectionString: server.url(), ssl: { ca: cert } } })

    expect(await connections()).toMatchObject({ plain: 0 })
  })

  it('is not made to a server that anybody could be, unless that was asked for', async () => {
    await expect(openedWith({ url: `${server.url()}?sslmode=require` })).rejects.toMatchObject(REFUSED)
    await expect(
      openedWith({ url: `${server.url()}?sslrootcert=${fileOf('stranger.crt', stranger.cert)}` }),
    ).rejects.toMatchObject(REFUSED)

    await openedWith({ url: `${server.url()}?sslmode=no-verify` })
    expect(await connections()).toMatchObject({ plain: 0 })
  })
})

const quiet = {
  outcomes: () => undefined,
  notice: () => undefined,
  due: () => undefined,
  news: () => undefined,
  interrupted: () => undefined,
}
