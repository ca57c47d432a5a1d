import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { eventually } from '@taskspace/testing'
import { Redis } from 'ioredis'
import { expect, inject, it, onTestFinished } from 'vitest'
import type { RedisLink } from '../../src/connection/redis-link.ts'
import { count, echo, makeLink, openLink, script } from '../connection/open-link.ts'
import { ownServer, proxied } from './proxied.ts'

/** Under load, a server takes its time to save what it is to read. */
const PATIENTLY = { timeout: '30s' } as const

const REJECTED = { code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' }
const UNKNOWN = { code: 'BACKEND_UNAVAILABLE', outcome: 'unknown' }

const shared = Number(new URL(inject('redisUrl')).port)

it('does not know whether a call was run whose request was cut off, and goes on', async () => {
  const { proxy, url } = await proxied(shared)
  const link = await openLink({ url })
  await link.run('data', count, [])

  proxy.cutAtNext('requests')

  await expect(link.run('data', count, [])).rejects.toMatchObject(UNKNOWN)
  expect(await link.run('data', count, [])).toBe(2)
})

it('never sends a call again whose reply was cut off', async () => {
  const { proxy, url } = await proxied(shared)
  const link = await openLink({ url })
  await link.run('data', count, [])

  proxy.cutAtNext('replies')

  await expect(link.run('data', count, [])).rejects.toMatchObject(UNKNOWN)
  expect(await link.run('data', count, [])).toBe(3)
})

it('gives a call up at its deadline when the connection stays open and says nothing', async () => {
  const { proxy, url } = await proxied(shared)
  const link = await openLink({ url, commandTimeout: 500, connectTimeout: 500 })
  await link.run('data', count, [])

  proxy.freeze()
  const calls = [link.run('data', count, []), link.run('control', echo, []), link.ping()]
  const errors = await Promise.all(calls.map(failure))
  proxy.thaw({ late: false })

  expect(errors[0]).toMatchObject(UNKNOWN)
  for (const error of errors) expect(error).toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
  expect(await link.run('data', count, [])).toBe(2)
})

it('gives up connecting to what takes connections and says nothing', async () => {
  const { proxy, url } = await proxied(shared)
  proxy.freeze()
  const link = makeLink({ url, connectTimeout: 500 })

  await expect(link.open()).rejects.toMatchObject(REJECTED)
  proxy.thaw({ late: false })

  expect(await link.run('data', count, [])).toBe(1)
})

it('rejects calls while nobody listens, and runs them when somebody does', async () => {
  const { proxy, url } = await proxied(shared)
  const link = await openLink({ url })
  await proxy.refuse()

  await eventually(async () => expect(await failure(link.run('data', count, []))).toMatchObject(REJECTED))
  await expect(link.run('control', count, [])).rejects.toMatchObject(REJECTED)
  await expect(link.ping()).rejects.toMatchObject(REJECTED)
  await proxy.accept()

  expect(await link.run('data', count, [])).toBe(1)
})

it('goes on when its connections are killed by an administrator', async () => {
  const link = await openLink({ url: inject('redisUrl') })
  await link.ping()
  const killer = admin(shared)
  const ids = String(await killer.client('LIST')).matchAll(/id=(\d+) .*name=taskspace:/g)

  for (const [, id] of ids) await killer.client('KILL', 'ID', id ?? '')

  await eventually(async () => expect(await link.run('data', echo, ['a'])).toEqual([Buffer.from('a')]))
  await eventually(() => link.ping())
})

it('waits out a pause of the server that is shorter than its patience', async () => {
  const server = await ownServer()
  const link = await openLink({ url: server.url })

  await admin(server.port).client('PAUSE', 50)

  expect(await link.run('data', count, [])).toBe(1)
})

it('gives calls up during a pause of the server that is longer', async () => {
  const server = await ownServer()
  const link = await openLink({ url: server.url, commandTimeout: 300, connectTimeout: 300 })
  await admin(server.port).client('PAUSE', 3_000)

  await expect(link.run('data', count, [])).rejects.toMatchObject(UNKNOWN)
  await expect(link.run('data', count, [])).rejects.toMatchObject(REJECTED)

  // Whether the server still reads the first one after the pause is its affair; the second was never sent.
  const counted = await eventually(() => link.run('data', count, []))
  expect([1, 2]).toContain(counted)
})

it('goes on with a server that was restarted and knows no script', async () => {
  const server = await ownServer()
  const link = await openLink({ url: server.url })
  await link.run('data', count, [])

  await server.stop()
  expect(await failure(link.run('data', count, []))).toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
  await ownServer({ port: server.port })

  expect(await link.run('data', count, [])).toBe(1)
})

it('rejects calls while the server reads its data', async () => {
  const slowly = ['--key-load-delay', '20', '--loading-process-events-interval-bytes', '1024']
  const server = await ownServer({ args: ['--enable-debug-command', 'yes', ...slowly] })
  const link = await openLink({ url: server.url })
  const [reloading, watching] = [admin(server.port), admin(server.port)]
  await reloading.call('DEBUG', 'POPULATE', '200000')

  const reloaded = reloading.call('DEBUG', 'RELOAD')
  await eventually(async () => {
    const message = expect.stringContaining('is reading its data')
    expect(await failure(link.run('data', count, []))).toMatchObject({ ...REJECTED, message })
  }, PATIENTLY)
  await watching.config('SET', 'key-load-delay', '0')
  await reloaded

  expect(await link.run('data', echo, ['a'])).toEqual([Buffer.from('a')])
})

it('rejects calls while the server is a replica, and goes on when it is a master again', async () => {
  const [server, master] = [await ownServer(), await ownServer()]
  const link = await openLink({ url: server.url })
  await link.run('data', count, [])

  await admin(server.port).replicaof('127.0.0.1', master.port)
  await expect(link.run('data', count, [])).rejects.toMatchObject({
    ...REJECTED,
    message: expect.stringContaining('is a replica'),
  })
  await expect(link.run('data', count, [])).rejects.toMatchObject(REJECTED)
  await admin(server.port).replicaof('NO', 'ONE')

  await eventually(async () => expect(await link.run('data', count, [])).toBeGreaterThan(0))
})

it('rejects calls that need memory when there is none, and nothing of them is done', async () => {
  const server = await ownServer()
  const link = await openLink({ url: server.url })
  const store = script("redis.call('HSET', KEYS[1], ARGV[1], 1) redis.call('HINCRBY', KEYS[1], 'n', 1)", 'store')
  await link.run('data', store, ['a'])
  await admin(server.port).config('SET', 'maxmemory', '1mb')

  await expect(link.run('data', store, ['b'])).rejects.toMatchObject({
    ...REJECTED,
    message: expect.stringContaining('has no memory left'),
  })
  const left = script("return redis.call('HGETALL', KEYS[1])", 'left')

  expect(String(await link.run('data', left, []))).toBe('a,1,n,1')
})

it('says nothing of what was sent when something fails', async () => {
  const { proxy, url } = await proxied(shared)
  const link = await openLink({ url })
  const secret = randomUUID()

  proxy.cutAtNext('requests')
  const lost = await failure(link.run('data', echo, [secret]))
  const raised = await failure(link.run('data', script("return redis.call('NOSUCH')"), [secret]))

  expect(lost).toMatchObject(UNKNOWN)
  expect(raised).toBeInstanceOf(Error)
  expect(inspect([lost, raised], { depth: 20, showHidden: true })).not.toContain(secret)
})

/** What a call fails with, if it does. */
function failure(call: ReturnType<RedisLink['run']> | Promise<void>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  )
}

function admin(port: number): Redis {
  const client = new Redis(port)
  client.on('error', () => undefined)
  onTestFinished(() => client.disconnect())
  return client
}
