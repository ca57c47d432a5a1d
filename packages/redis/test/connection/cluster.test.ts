import { randomUUID } from 'node:crypto'
import { eventually } from '@taskspace/testing'
import { Cluster, Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type RedisCluster, startRedisCluster } from '../../../../tools/servers/redis-cluster.ts'
import { MovingSlot } from '../moving-slot.ts'
import { count, echo, openLink, tell } from './open-link.ts'

describe('on a Cluster', () => {
  let cluster: RedisCluster

  beforeAll(async () => {
    cluster = await startRedisCluster()
  })
  afterAll(() => cluster.stop())

  it('finds the master of each namespace from any node [PT-39]', async () => {
    for (const { url } of cluster.nodes) {
      for (let round = 0; round < 5; round += 1) {
        const link = await openLink({ url })
        expect(await link.run('data', count, [])).toBe(1)
        expect(await link.run('control', count, [])).toBe(2)
      }
    }
  })

  it('hears what is published, whatever node has the channel', async () => {
    for (let round = 0; round < 5; round += 1) {
      const rootKey = `{${randomUUID()}}`
      const [link, other] = [
        await openLink({ url: cluster.url }, { rootKey }),
        await openLink({ url: cluster.url }, { rootKey }),
      ]
      const heard: string[] = []
      await link.subscribe(`${rootKey}:a`, { message: (bytes) => heard.push(String(bytes)), restored: () => undefined })

      expect(await other.run('data', tell, [`${rootKey}:a`, 'hello'])).toBe(1)

      await eventually(() => expect(heard).toEqual(['hello']))
    }
  })

  it('goes on, hearing and calling, when the slot has moved to another master', async () => {
    const rootKey = `{${randomUUID()}}`
    const link = await openLink({ url: cluster.url }, { rootKey })
    const heard: string[] = []
    await link.subscribe(`${rootKey}:a`, {
      message: (bytes) => heard.push(String(bytes)),
      restored: () => heard.push('restored'),
    })
    await link.ping()
    const slot = await MovingSlot.of(cluster, rootKey)

    await slot.move()

    expect(await link.run('data', count, [])).toBe(1)
    expect(await link.run('control', count, [])).toBe(2)
    await eventually(() => expect(heard).toContain('restored'))
    await eventually(async () => expect(await link.run('data', tell, [`${rootKey}:a`, 'hello'])).toBe(1))
    // The server may pass it on before the client knows that it is subscribed again, and says so.
    await eventually(() => expect(heard).toContain('hello'))
  })

  it('subscribes at the new master of a slot that has moved, though nothing is called meanwhile', async () => {
    const rootKey = `{${randomUUID()}}`
    const link = await openLink({ url: cluster.url }, { rootKey })
    const heard: string[] = []
    await link.subscribe(`${rootKey}:a`, {
      message: (bytes) => heard.push(String(bytes)),
      restored: () => heard.push('restored'),
    })
    const slot = await MovingSlot.of(cluster, rootKey)

    await slot.move()

    await eventually(() => expect(heard).toEqual(['restored']))
    expect(await slot.target.call('SPUBLISH', `${rootKey}:a`, 'hello')).toBe(1)
    await eventually(() => expect(heard).toEqual(['restored', 'hello']))
  })

  it('rejects calls while their slot is being moved, and goes on when it has moved', async () => {
    const rootKey = `{${randomUUID()}}`
    const link = await openLink({ url: cluster.url }, { rootKey })
    const slot = await MovingSlot.of(cluster, rootKey)
    await slot.begin()

    for (const channel of ['data', 'control'] as const) {
      const called = link.run(channel, count, [])
      await expect(called).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
    }
    await slot.end()

    expect(await link.run('data', count, [])).toBe(1)
  })

  it('is reached through a client of the application', async () => {
    const { port } = cluster.nodes[0]!
    const client = new Cluster([{ host: '127.0.0.1', port }])
    onTestFinished(() => client.disconnect())
    await client.ping()

    const link = await openLink({ client })

    expect(String(await link.run('data', echo, ['a']))).toBe('a')
  })
})

describe('on a Cluster that loses nodes', () => {
  it('asks the next node for the others when the first is gone', async () => {
    const cluster = await startRedisCluster()
    onTestFinished(() => cluster.stop())
    await cluster.nodes[0]!.stop()
    const rootKey = await keyOn(cluster.nodes[1]!.port)

    const link = await openLink({ url: cluster.url }, { rootKey })

    expect(await link.run('data', echo, ['a'])).toEqual([Buffer.from('a')])
  })

  it('rejects calls whose master is gone', async () => {
    const cluster = await startRedisCluster()
    onTestFinished(() => cluster.stop())
    const rootKey = await keyOn(cluster.nodes[2]!.port)
    const link = await openLink({ url: cluster.url }, { rootKey })
    await link.run('data', echo, [])

    await cluster.nodes[2]!.stop()

    await eventually(async () => {
      const error = await link.run('data', echo, []).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
    })
  })
})

/** A root key whose slot this node has. */
async function keyOn(port: number): Promise<string> {
  const client = admin(port)
  for (;;) {
    const key = `{${randomUUID()}}`
    const answer = await client.exists(key).catch((error: Error) => error.message)
    if (answer === 0) return key
  }
}

function admin(port: number): Redis {
  const client = new Redis(port)
  client.on('error', () => undefined)
  onTestFinished(() => client.disconnect())
  return client
}
