import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type PostgresServer, startPostgres } from '../../../../tools/servers/postgres.ts'
import { serverUser } from '../../../../tools/servers/postgres-binaries.ts'
import { type SelfSigned, selfSigned } from '../../../../tools/servers/self-signed.ts'
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

describe('a server that asks for certificates of its clients', () => {
  const [known, unknown] = [selfSigned(), selfSigned()]

  beforeAll(async () => {
    writeFileSync(join(server.data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 trust clientcert=verify-ca\n')
    await server.stop()
    await server.start({ ssl_ca_file: fileOf('clients.crt', known.cert) })
  })

  const urlWith = (name: string, client: SelfSigned) =>
    `${server.url()}?sslrootcert=${fileOf('ca.crt', cert)}&sslcert=${fileOf(`${name}.crt`, client.cert)}&sslkey=${fileOf(`${name}.key`, client.key)}`

  it('lets in who has one that it knows', async () => {
    const queue = await openedWith({ url: urlWith('known', known) })

    await queue.begin({ id: 'certified' })
    const subscription = await queue.listen('certified', quiet)
    expect(await queue.counts()).toEqual(new Map())
    await subscription.close()
  })

  it('refuses who has none, and who has another', async () => {
    await expect(openedWith({ url: `${server.url()}?sslrootcert=${fileOf('ca.crt', cert)}` })).rejects.toMatchObject({
      code: 'BACKEND_REFUSED',
      message: expect.stringContaining('certificate'),
    })
    await expect(openedWith({ url: urlWith('unknown', unknown) })).rejects.toMatchObject({ code: 'BACKEND_REFUSED' })
  })
})

describe('a server whose certificate is for another host', () => {
  const elsewhere = selfSigned('elsewhere.example')

  beforeAll(async () => {
    const files = {
      ssl_cert_file: fileOf('other.crt', elsewhere.cert),
      ssl_key_file: fileOf('other.key', elsewhere.key),
    }
    writeFileSync(join(server.data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 trust\n')
    await server.stop()
    await server.start(files)
  })

  it('is not connected to, though the certificate is known, unless who it is does not matter', async () => {
    const known = fileOf('other-ca.crt', elsewhere.cert)
    const refusal = expect.objectContaining(REFUSED)

    await expect(openedWith({ url: `${server.url()}?sslrootcert=${known}` })).rejects.toEqual(refusal)
    await expect(openedWith({ url: `${server.url()}?sslmode=verify-full&sslrootcert=${known}` })).rejects.toEqual(
      refusal,
    )

    await openedWith({ url: `${server.url()}?sslmode=no-verify` })
  })
})

const quiet = {
  outcomes: () => undefined,
  notice: () => undefined,
  due: () => undefined,
  news: () => undefined,
  interrupted: () => undefined,
}
