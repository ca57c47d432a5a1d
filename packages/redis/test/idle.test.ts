import { randomUUID } from 'node:crypto'
import { AsyncPool, Broker, TaskSpace } from '@taskspace/core'
import type { Call } from '@taskspace/core/backend'
import { eventually } from '@taskspace/testing'
import { asRequest, job } from '@taskspace/testing/kit'
import { Redis } from 'ioredis'
import { expect, it, onTestFinished, vi } from 'vitest'
import { RedisKeys } from '../src/keys.ts'
import { RedisTaskQueue } from '../src/redis-task-queue.ts'
import { ownServer, proxied } from './faults/proxied.ts'

/** Shorter than the silence that gives rise to doubt about a connection. */
const STEP = 600
const MINUTE = 60_000
const tasks = new TaskSpace('t', { echo: (number: number) => number })

it('serves 100 idle queues over one listening connection with at most 12 commands a minute', async () => {
  const server = await ownServer()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const admin = new Redis(server.port)
  onTestFinished(() => admin.disconnect())
  await admin.ping()
  const commands = await commandsOf(server.port)
  const broker = new Broker(new RedisTaskQueue({ url: server.url, namespace: randomUUID() }))
  broker.expose(tasks)
  const pool = new AsyncPool(broker, { queues: Array.from({ length: 100 }, (_, at) => `queue ${at}`) })
  await pool.start()
  await pass(1.5 * MINUTE, admin)
  const before = commands.count

  await pass(10 * MINUTE, admin)

  expect((commands.count - before) / 10).toBeLessThanOrEqual(12)
  const clients = String(await admin.client('LIST')).split('\n')
  const ours = clients.filter((line) => line.includes('name=taskspace:'))
  expect(ours.filter((line) => !line.includes(' sub=0 '))).toHaveLength(1)
  expect(ours.length).toBeLessThanOrEqual(3)
  await pool.stop()
  await broker.close()
})

it('claims within seconds what was enqueued after the connection for hints had died without a word', async () => {
  const server = await ownServer()
  const { proxy, url } = await proxied(server.port)
  const namespace = randomUUID()
  const [working, producing] = [await open(url, namespace), await open(server.url, namespace)]
  const admin = new Redis(server.port)
  onTestFinished(() => admin.disconnect())
  await working.begin({ id: 'w', leaseMs: 60_000 })
  await producing.begin({ id: 'p' })
  const waiting = working.claim(callOf('w'), asRequest(), 60_000)
  const { root } = new RedisKeys(namespace)
  await eventually(async () => expect(await admin.hget(root, 'qdefault')).toMatch(/[0-9a-f]{24}/))

  proxy.deadenSubscriptions()
  await producing.enqueue(callOf('p'), [job('a')])

  // Not only when the minute is over for which it waits.
  const patience = new Promise((resolve) => setTimeout(resolve, 20_000, 'too late'))
  expect(await Promise.race([waiting, patience])).toMatchObject({ jobs: [{ id: 'a' }] })
})

function callOf(session: string): Call {
  return { session, epoch: 0, lane: 1, number: 1 }
}

async function open(url: string, namespace: string): Promise<RedisTaskQueue> {
  const queue = new RedisTaskQueue({ url, namespace })
  onTestFinished(() => queue.close())
  await queue.open()
  return queue
}

/**
 * What clients other than the caller sent to a server, without what scripts do. While this begins nothing else may be sent:
 * what the monitor is told before it knows that it is one breaks it.
 */
async function commandsOf(port: number): Promise<{ count: number }> {
  const seen = { count: 0 }
  const client = new Redis(port)
  onTestFinished(() => client.disconnect())
  await client.ping()
  const monitor = await client.monitor()
  onTestFinished(() => monitor.disconnect())
  monitor.on('monitor', (_time: string, [name = '']: string[], source: string) => {
    if (source !== 'lua' && name !== 'echo') seen.count += 1
  })
  return seen
}

/** Let time pass, a little at a time; what is sent meanwhile is answered before more of it passes. */
async function pass(ms: number, admin: Redis): Promise<void> {
  for (let passed = 0; passed < ms; passed += STEP) {
    await vi.advanceTimersByTimeAsync(STEP)
    for (let turn = 0; turn < 3; turn += 1) await admin.echo('whatever was sent before is done')
  }
}
