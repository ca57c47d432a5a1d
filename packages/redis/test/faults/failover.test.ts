import { randomUUID } from 'node:crypto'
import { AsyncPool, Broker, TaskSpace } from '@taskspace/core'
import { eventually } from '@taskspace/testing'
import { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RedisServer } from '../../../../tools/servers/redis.ts'
import { addReplica, startRedisCluster } from '../../../../tools/servers/redis-cluster.ts'
import { RedisKeys } from '../../src/keys.ts'
import { RedisTaskQueue } from '../../src/redis-task-queue.ts'

/** How long a master is silent until its replica takes its place, in ms. */
const NODE_TIMEOUT_MS = 2_000

const MANY = 100

describe('jobs of a namespace whose master is replaced by its replica', () => {
  it('are enqueued, run and waited for while it is done on purpose, each once [PT-35]', async () => {
    const { replica, open } = await replicated()
    const { tasks, ran } = counted()
    const [producing, working] = [open(), open()]
    working.expose(tasks)
    const { t } = producing.queue<typeof tasks>()
    const pool = new AsyncPool(working, { concurrency: 5 })
    onTestFinished(() => pool.stop())
    await pool.start()
    const results: Promise<number>[] = []
    const more = () => {
      for (let count = 0; count < MANY; count += 1) results.push(t.echo(results.length).result())
    }

    more()
    await Promise.race(results)
    await client(replica).cluster('FAILOVER')
    more()
    await eventually(async () => expect(await roleOf(replica)).toBe('master'))
    more()

    const numbers = results.map((_, number) => number)
    expect(await Promise.all(results)).toEqual(numbers)
    await pool.stop()
    expect(ran.sort((one, other) => one - other)).toEqual(numbers)
  })

  it('are all there when the master has died, and those who call meanwhile get their results [PT-35]', async () => {
    const { master, replica, open } = await replicated()
    const { tasks, ran } = counted()
    const [producing, working] = [open(), open()]
    working.expose(tasks)
    const { t } = producing.queue<typeof tasks>()
    const results = Array.from({ length: MANY }, (_, number) => t.echo(number).result())
    await eventually(async () =>
      expect(await producing.queues.get('default').counts()).toMatchObject({ enqueued: MANY }),
    )
    // What a replica has not got yet is lost with its master: the guide says so.
    await eventually(async () => expect(await offsetOf(replica)).toBe(await offsetOf(master)))

    master.process.signal('SIGKILL')
    const pool = new AsyncPool(working, { concurrency: 5 })
    onTestFinished(() => pool.stop())
    results.push(t.echo(MANY).result())
    await eventually(() => pool.start(), { timeout: '40s' })

    const numbers = results.map((_, number) => number)
    expect(await Promise.all(results)).toEqual(numbers)
    expect(await roleOf(replica)).toBe('master')
    await pool.stop()
    expect(ran.sort((one, other) => one - other)).toEqual(numbers)
  })
})

/** A namespace in a Cluster, whose master has a replica. */
async function replicated() {
  const cluster = await startRedisCluster(3, NODE_TIMEOUT_MS)
  onTestFinished(() => cluster.stop())
  const namespace = randomUUID()
  const master = await masterOf(new RedisKeys(namespace).root, cluster.nodes)
  const replica = await addReplica(cluster, master, NODE_TIMEOUT_MS)
  onTestFinished(() => replica.stop())
  const open = (): Broker => {
    const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
    const broker = new Broker(new RedisTaskQueue({ url: cluster.url, namespace }), { logger: quiet })
    onTestFinished(() => broker.close())
    return broker
  }
  return { master, replica, open }
}

function counted() {
  const ran: number[] = []
  const tasks = new TaskSpace('t', {
    echo: (number: number) => {
      ran.push(number)
      return number
    },
  })
  return { tasks, ran }
}

async function masterOf(key: string, nodes: readonly RedisServer[]): Promise<RedisServer> {
  for (const node of nodes) {
    const answer = await client(node)
      .get(key)
      .catch((error: Error) => error.message)
    if (!String(answer).startsWith('MOVED')) return node
  }
  throw new Error('no master has this key')
}

async function roleOf(node: RedisServer): Promise<unknown> {
  const [role] = (await client(node).call('ROLE')) as unknown[]
  return String(role)
}

async function offsetOf(node: RedisServer): Promise<string | undefined> {
  const info = await client(node).info('replication')
  return /(?:slave_repl_offset|master_repl_offset):(\d+)/.exec(info)?.[1]
}

const clients = new WeakMap<RedisServer, Redis>()

function client(node: RedisServer): Redis {
  const known = clients.get(node)
  if (known !== undefined) return known
  const made = new Redis(node.port)
  clients.set(node, made)
  made.on('error', () => undefined)
  onTestFinished(() => made.disconnect())
  return made
}
