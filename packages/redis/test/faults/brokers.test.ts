import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AsyncPool, Broker, type BrokerOptions, TaskSpace } from '@taskspace/core'
import { eventually, gate } from '@taskspace/testing'
import { Redis } from 'ioredis'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import type { FaultProxy } from '../../../../tools/servers/fault-proxy.ts'
import { RedisTaskQueue, type RedisTaskQueueOptions } from '../../src/redis-task-queue.ts'
import { ownServer, proxied } from './proxied.ts'

const shared = Number(new URL(inject('redisUrl')).port)
const door = gate()
const tasks = new TaskSpace('t', {
  echo: (number: number) => number,
  wait: async (number: number) => {
    await door.pass()
    return number
  },
})

/** What happens to a network, or to a server, while jobs are enqueued, run and waited for. */
const FAULTS: Readonly<Record<string, (proxy: FaultProxy, admin: Redis) => Promise<unknown> | unknown>> = {
  'connections are reset': (proxy) => proxy.reset(),
  'a request is cut off': (proxy) => proxy.cutAtNext('requests'),
  'a reply is cut off': (proxy) => proxy.cutAtNext('replies'),
  'connections die without a word': async (proxy) => {
    proxy.freeze()
    await eventually(() => expect(proxy.held).toBeGreaterThan(0))
    proxy.thaw({ late: false })
  },
  'bytes come late': async (proxy) => {
    proxy.freeze()
    await eventually(() => expect(proxy.held).toBeGreaterThan(0))
    proxy.thaw()
  },
  'the server is not reachable for a while': async (proxy) => {
    await proxy.refuse()
    await new Promise((resolve) => setImmediate(resolve))
    await proxy.accept()
  },
  'connections are killed by an administrator': (_, admin) =>
    admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'),
  'subscriptions are killed by an administrator': (_, admin) => admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub'),
  'the server forgets all scripts': (_, admin) => admin.script('FLUSH'),
  'the server pauses': (_, admin) => admin.client('PAUSE', 300),
  'the server is a replica for a while': async (_, admin) => {
    await admin.replicaof('127.0.0.1', 1)
    await admin.replicaof('NO', 'ONE')
  },
}

describe('jobs are enqueued, run and waited for', () => {
  it.each(Object.keys(FAULTS))('though %s [PT-35]', async (fault) => {
    const server = await ownServer()
    const { proxy, url } = await proxied(server.port)
    const admin = client(server.port)
    const namespace = randomUUID()
    const [producing, working] = [open({ url, namespace }), open({ url, namespace })]
    const pool = await start(working, 20)
    const { t } = producing.queue<typeof tasks>()

    const results: Promise<number>[] = []
    for (let round = 0; round < 5; round += 1) {
      for (let number = 0; number < 20; number += 1) results.push(t.echo(round * 20 + number).result())
      await Promise.race(results.slice(-20))
      await FAULTS[fault]?.(proxy, admin)
    }
    const sum = (await Promise.all(results)).reduce((a, b) => a + b, 0)
    await pool.stop()

    expect(sum).toBe((99 * 100) / 2)
    const counts = await eventually(() => producing.queues.get('default').counts())
    expect(counts).toMatchObject({ success: 100, failed: 0, enqueued: 0, processing: 0 })
  })

  it('though the server is killed, and reads what it has kept when it is back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'taskspace-restart-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const args = ['--dir', folder, '--appendonly', 'yes', '--appendfsync', 'always']
    const server = await ownServer({ args })
    const namespace = randomUUID()
    const patient = { enqueueTimeout: 30_000 }
    const producing = open({ url: server.url, namespace }, patient)
    await start(open({ url: server.url, namespace }), 5)
    const { t } = producing.queue<typeof tasks>()
    const numbers = Array.from({ length: 40 }, (_, number) => number)

    const before = numbers.map((number) => t.echo(number).result())
    await before[0]
    server.process.signal('SIGKILL')
    await server.process.ended
    const meanwhile = numbers.map((number) => t.echo(number).result())
    await ownServer({ args: [...args, '--key-load-delay', '1000'], port: server.port })

    expect(await Promise.all([...before, ...meanwhile])).toEqual([...numbers, ...numbers])
    await eventually(async () => expect(await producing.queues.get('default').counts()).toMatchObject({ success: 80 }))
  })

  it('though the server is replaced by an empty one', async () => {
    const server = await ownServer()
    const broker = open({ url: server.url })
    await start(broker, 5)
    const { t } = broker.queue<typeof tasks>()
    expect(await t.echo(1).result()).toBe(1)

    await server.stop()
    await ownServer({ port: server.port })

    expect(await t.echo(2).result()).toBe(2)
  })
})

describe('a producer', () => {
  it('is told within its deadline that a job was not stored, since nobody listens', async () => {
    const { proxy, url } = await proxied(shared)
    const broker = open({ url }, { enqueueTimeout: 1_000 })
    const { t } = broker.queue<typeof tasks>()
    await t.echo(1).enqueued()
    await proxy.refuse()
    // Whether this one was sent before the connection was seen to be lost is anybody's guess.
    await expect(t.echo(2).enqueued()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })

    await expect(t.echo(3).enqueued()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
  })

  it('is told within its deadline that it is not known whether a job was stored, since no answer came', async () => {
    const { proxy, url } = await proxied(shared)
    const broker = open({ url, commandTimeout: 500, connectTimeout: 500 }, { enqueueTimeout: 1_000 })
    const { t } = broker.queue<typeof tasks>()
    await t.echo(1).enqueued()
    proxy.freeze()

    await expect(t.echo(2).enqueued()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'unknown' })
    proxy.thaw()
  })

  it('is told that the server has no memory left, and goes on when it has', async () => {
    const server = await ownServer()
    const broker = open({ url: server.url }, { enqueueTimeout: 1_000 })
    const { t } = broker.queue<typeof tasks>()
    await t.echo(1).enqueued()
    await client(server.port).config('SET', 'maxmemory', '1mb')

    await expect(t.echo(2).enqueued()).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      outcome: 'rejected',
      message: expect.stringContaining('has no memory left'),
    })
    await client(server.port).config('SET', 'maxmemory', '0')

    await expect(t.echo(3).enqueued()).resolves.toBeDefined()
  })

  it('can settle what runs though the server has no memory left', async () => {
    const server = await ownServer()
    const broker = open({ url: server.url })
    await start(broker, 1)
    const waiting = await broker.queue<typeof tasks>().t.wait(7).enqueued()
    await door.reached()
    await client(server.port).config('SET', 'maxmemory', '1mb')

    door.open()

    expect(await waiting.result()).toBe(7)
  })

  it('has its jobs run though the server has no memory left', async () => {
    const server = await ownServer()
    const broker = open({ url: server.url })
    const { t } = broker.queue<typeof tasks>()
    const jobs = await Promise.all([1, 2, 3].map((number) => t.echo(number).enqueued()))
    await client(server.port).config('SET', 'maxmemory', '1mb')

    await start(broker, 1)

    expect(await Promise.all(jobs.map((each) => each.result()))).toEqual([1, 2, 3])
  })

  it('is not heard by a server that drops data, which it is told', async () => {
    const server = await ownServer({ args: ['--maxmemory-policy', 'allkeys-random'] })
    const broker = open({ url: server.url })

    await expect(broker.queue<typeof tasks>().t.echo(1).enqueued()).rejects.toMatchObject({
      code: 'BACKEND_REFUSED',
      message: expect.stringContaining('maxmemory-policy allkeys-random'),
    })
  })
})

describe('closing', () => {
  it('leaves no socket, whatever happened before', async () => {
    const { proxy, url } = await proxied(shared)
    const before = sockets()
    const broker = open({ url })
    const pool = await start(broker, 5)
    const { t } = broker.queue<typeof tasks>()
    await t.echo(1).result()
    proxy.reset()
    await t.echo(2).result()

    await pool.stop()
    await broker.close()

    await eventually(() => expect(sockets()).toBe(before))
  })
})

function open(options: RedisTaskQueueOptions, more: BrokerOptions = {}): Broker {
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  const queue = new RedisTaskQueue({ namespace: randomUUID(), ...options })
  const broker = new Broker(queue, { logger: quiet, ...more })
  broker.expose(tasks)
  onTestFinished(() => broker.close())
  return broker
}

async function start(broker: Broker, concurrency: number): Promise<AsyncPool> {
  const pool = new AsyncPool(broker, { concurrency })
  onTestFinished(() => pool.stop())
  await pool.start()
  return pool
}

/** Open sockets of this process. */
function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
}

function client(port: number): Redis {
  const made = new Redis(port)
  made.on('error', () => undefined)
  onTestFinished(() => made.disconnect())
  return made
}
