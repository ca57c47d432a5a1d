import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@taskspace/testing'
import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis-5'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { freePort } from '../../../../tools/servers/free-port.ts'
import { startRedis } from '../../../../tools/servers/redis.ts'
import { selfSigned } from '../../../../tools/servers/self-signed.ts'
import type { RedisLink } from '../../src/connection/redis-link.ts'
import { ownServer } from '../faults/proxied.ts'
import { count, makeLink, openLink, tell } from './open-link.ts'

const url = inject('redisUrl')

describe('a Redis server', () => {
  it('is reached over TLS, by a certificate that is named in the URL', async () => {
    const { port, ca } = await serverWithTls()

    await works(await openLink({ url: `rediss://localhost:${port}?ca=${encodeURIComponent(ca)}` }))
  })

  it('is reached over TLS, by a certificate that is given', async () => {
    const { port, cert } = await serverWithTls()

    await works(await openLink({ url: `rediss://localhost:${port}`, tls: { ca: cert } }))
  })

  it('is not spoken to if nobody vouches for its certificate', async () => {
    const { port } = await serverWithTls()

    await expect(makeLink({ url: `rediss://localhost:${port}` }).open()).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      cause: expect.objectContaining({ message: expect.stringContaining('self-signed certificate') }),
    })
  })

  it('is reached by a unix socket', async () => {
    const folder = temporaryFolder()
    const socket = join(folder, 'redis.sock')
    await ownServer({ args: ['--unixsocket', socket] })

    await works(await openLink({ url: `redis://${socket}?db=1` }))
  })

  it('is used as a user with a password, in a database of its own', async () => {
    const server = await ownServer()
    const admin = client(server.url)
    await admin.call('ACL', 'SETUSER', 'worker', 'on', '>p@ss/word', '~*', '&*', '+@all')
    const rootKey = `{${randomUUID()}}`
    const link = await openLink({ url: `redis://worker:p%40ss%2Fword@127.0.0.1:${server.port}/3` }, { rootKey })

    await works(link)

    await admin.select(3)
    expect(await admin.exists(rootKey)).toBe(1)
  })

  it('is found by Sentinels, also after the master has changed', async () => {
    const [master, replica] = [await ownServer(), await ownServer()]
    await client(replica.url).replicaof('127.0.0.1', master.port)
    await eventually(async () =>
      expect(await client(replica.url).info('replication')).toContain('master_link_status:up'),
    )
    const sentinel = await startSentinel(master.port)
    await eventually(async () =>
      expect(String(await sentinel.call('SENTINEL', 'REPLICAS', 'main'))).toContain(`${replica.port}`),
    )
    const link = await openLink({ url: `redis://127.0.0.1:${sentinel.options.port}?sentinel=main` })
    await works(link)

    await eventually(() => sentinel.call('SENTINEL', 'FAILOVER', 'main'))
    await eventually(async () => expect(await client(replica.url).info('replication')).toContain('role:master'), {
      timeout: '30s',
    })

    await eventually(() => link.run('data', count, []), { timeout: '30s' })
  })

  it('is reached like a client of the application reaches it, which is left alone [PT-01]', async () => {
    const own = new Redis(`${url}/2`, { keyPrefix: 'mine:' })
    onTestFinished(() => own.disconnect())
    const rootKey = `{${randomUUID()}}`
    const link = await openLink({ client: own }, { rootKey })

    await works(link)
    await link.close()

    expect(await own.ping()).toBe('PONG')
    await client(url).select(2)
    const looking = client(`${url}/2`)
    expect(await looking.exists(rootKey)).toBe(1)
  })

  it('is reached through ioredis 5 as well', async () => {
    const five = new Redis5(url)
    onTestFinished(() => five.disconnect())

    const link = await openLink({ client: five as unknown as Redis })

    await works(link)
  })

  it('may refuse what ioredis 5 sends it', async () => {
    const server = await ownServer({ args: ['--requirepass', 'right', '--databases', '2'] })
    const refused = { code: 'BACKEND_REFUSED' }
    const five = (options: object) => {
      const made = new Redis5({ port: server.port, lazyConnect: true, ...options })
      onTestFinished(() => made.disconnect())
      return made as unknown as Redis
    }

    await expect(makeLink({ client: five({ password: 'wrong' }) }).open()).rejects.toMatchObject(refused)
    await expect(makeLink({ client: five({}) }).open()).rejects.toMatchObject(refused)
    await expect(makeLink({ client: five({ password: 'right', db: 7 }) }).open()).rejects.toMatchObject(refused)
    await works(await openLink({ client: five({ password: 'right', db: 1 }) }))
  })
})

/** All that a link does, once. */
async function works(link: RedisLink): Promise<void> {
  const channel = randomUUID()
  const heard: string[] = []
  const hearer = { message: (bytes: Buffer) => heard.push(String(bytes)), restored: () => undefined }
  const subscription = await link.subscribe(channel, hearer)

  expect(await link.run('data', count, [])).toBe(1)
  expect(await link.run('control', count, [])).toBe(2)
  expect(await link.run('data', tell, [channel, 'hello'])).toBe(1)
  await link.ping()
  await eventually(() => expect(heard).toEqual(['hello']))
  await subscription.close()
  expect(await link.run('data', tell, [channel, 'hello'])).toBe(0)
}

async function serverWithTls(): Promise<{ readonly port: number; readonly cert: string; readonly ca: string }> {
  const folder = temporaryFolder()
  const { key, cert } = selfSigned()
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  writeFileSync(keyFile, key)
  writeFileSync(certFile, cert)
  const port = await freePort()
  const files = ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certFile]
  await ownServer({ args: ['--tls-port', `${port}`, '--tls-auth-clients', 'no', ...files] })
  return { port, cert, ca: certFile }
}

async function startSentinel(master: number): Promise<Redis> {
  const folder = temporaryFolder()
  const config = join(folder, 'sentinel.conf')
  writeFileSync(config, `sentinel monitor main 127.0.0.1 ${master} 1\nsentinel failover-timeout main 3000\n`)
  const server = await startRedis({ configFile: config, args: ['--sentinel'] })
  onTestFinished(() => server.stop())
  return client(server.url)
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'taskspace-access-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function client(to: string): Redis {
  const made = new Redis(to)
  made.on('error', () => undefined)
  onTestFinished(() => made.disconnect())
  return made
}
