import { randomUUID } from 'node:crypto'
import { eventually } from '@taskspace/testing'
import { Redis } from 'ioredis'
import { expect, inject, it, onTestFinished } from 'vitest'
import type { RedisLink } from '../../src/connection/redis-link.ts'
import { echo, openLink, tell } from '../connection/open-link.ts'
import { ownServer, proxied } from './proxied.ts'

const shared = Number(new URL(inject('redisUrl')).port)

it('says that it may have missed something once a lost subscription is back, and hears again', async () => {
  const { proxy, url } = await proxied(shared)
  const link = await openLink({ url })
  const { channel, heard } = await listen(link)

  proxy.reset()
  await eventually(() => expect(heard).toEqual(['restored']))
  await publish(link, channel, 'a')

  await eventually(() => expect(heard).toEqual(['restored', 'a']))
})

it('brings all subscriptions back over one connection', async () => {
  const { proxy, url } = await proxied(shared)
  const link = await openLink({ url })
  const listening = await Promise.all(Array.from({ length: 20 }, () => listen(link)))

  proxy.reset()
  await eventually(() => expect(listening.map(({ heard }) => heard[0])).toEqual(listening.map(() => 'restored')))
  await Promise.all(listening.map(({ channel }, index) => publish(link, channel, `${index}`)))

  await eventually(() =>
    expect(listening.map(({ heard }) => heard.at(-1))).toEqual(listening.map((_, index) => `${index}`)),
  )
  expect(proxy.connections).toBeLessThanOrEqual(2)
})

it('notices by calls that fail that nothing can be heard either, and subscribes anew', async () => {
  const { proxy, url } = await proxied(shared)
  const link = await openLink({ url, commandTimeout: 500 })
  const { channel, heard } = await listen(link)
  await link.ping()

  proxy.freeze()
  await expect(link.ping()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'unknown' })
  proxy.thaw({ late: false })

  await eventually(() => expect(heard).toEqual(['restored']))
  await publish(link, channel, 'a')
  await eventually(() => expect(heard).toEqual(['restored', 'a']))
})

it('subscribes anew to a server that was restarted', async () => {
  const server = await ownServer()
  const link = await openLink({ url: server.url })
  const { channel, heard } = await listen(link)

  await server.stop()
  await ownServer({ port: server.port })

  await eventually(() => expect(heard).toContain('restored'))
  await publish(link, channel, 'a')
  await eventually(() => expect(heard).toContain('a'))
})

it('says that something may have been missed when another server answers, though the subscription stands', async () => {
  const [one, other] = [await ownServer(), await ownServer()]
  const { proxy, url } = await proxied(one.port)
  const link = await openLink({ url })
  const { heard } = await listen(link)

  proxy.divert(other.port)
  const killer = admin(one.port)
  const list = String(await killer.client('LIST'))
  await killer.client('KILL', 'ID', /id=(\d+) .*name=taskspace:data/.exec(list)?.[1] ?? '')
  await eventually(() => link.run('data', echo, []))

  await eventually(() => expect(heard).toEqual(['restored']))
})

it('refuses to subscribe while nobody listens, and leaves nothing of it', async () => {
  const { proxy, url } = await proxied(shared)
  const link = await openLink({ url })
  await proxy.refuse()
  const hearer = { message: () => undefined, restored: () => expect.unreachable() }

  await expect(link.subscribe('a', hearer)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
  await proxy.accept()
  const { channel, heard } = await listen(link)
  await publish(link, channel, 'a')

  await eventually(() => expect(heard).toEqual(['a']))
})

it('subscribes again while the connection is being restored', async () => {
  const { proxy, url } = await proxied(shared)
  const link = await openLink({ url })
  const first = await listen(link)

  proxy.reset()
  const second = await eventually(() => listen(link))
  await eventually(() => expect(first.heard).toContain('restored'))
  await publish(link, first.channel, 'a')
  await publish(link, second.channel, 'b')

  await eventually(() => expect([first.heard.at(-1), second.heard.at(-1)]).toEqual(['a', 'b']))
})

it('refuses all who ask for a channel at a time if it cannot be subscribed to, and lets them ask again', async () => {
  const { proxy, url } = await proxied(shared)
  const link = await openLink({ url })
  const first = await listen(link)
  const channel = randomUUID()
  const heard: string[] = []
  const ask = (name: string) =>
    link.subscribe(channel, { message: () => heard.push(name), restored: () => undefined }).catch(() => 'refused')

  proxy.cutAtNext('requests')
  const asked = await Promise.all([ask('a'), ask('b')])
  await eventually(() => expect(first.heard).toEqual(['restored']))
  await ask('c')
  await publish(link, channel, 'hello')

  expect(asked).toEqual(['refused', 'refused'])
  await eventually(() => expect(heard).toEqual(['c']))
})

it('tries no more once it is closed while its server is away', async () => {
  const { proxy, url } = await proxied(shared)
  const link = await openLink({ url })
  await listen(link)
  await proxy.refuse()

  await link.close()
  await proxy.accept()
  const other = await openLink({ url })
  await other.ping()

  expect(proxy.connections).toBe(2)
})

/** Subscribe to a channel, and keep what is heard. */
async function listen(link: RedisLink): Promise<{ readonly channel: string; readonly heard: string[] }> {
  const [channel, heard] = [randomUUID(), [] as string[]]
  await link.subscribe(channel, {
    message: (bytes) => heard.push(bytes.toString()),
    restored: () => heard.push('restored'),
  })
  return { channel, heard }
}

/** Publish once somebody hears it: a link whose connections were lost needs a moment. */
async function publish(link: RedisLink, channel: string, text: string): Promise<void> {
  await eventually(async () => expect(await link.run('data', tell, [channel, text])).toBe(1))
}

function admin(port: number): Redis {
  const client = new Redis(port)
  client.on('error', () => undefined)
  onTestFinished(() => client.disconnect())
  return client
}
