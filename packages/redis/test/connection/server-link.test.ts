import { randomUUID } from 'node:crypto'
import { eventually } from '@taskspace/testing'
import { Redis } from 'ioredis'
import { expect, inject, it, onTestFinished } from 'vitest'
import { count, echo, makeLink, openLink, script, tell } from './open-link.ts'

const url = inject('redisUrl')

it('runs a script by its hash, and sends it where the server does not have it [RQ-04]', async () => {
  const link = await openLink({ url })
  const fresh = script(`return {'${randomUUID()}', ARGV[1], 7}`)

  const first = await link.run('data', fresh, ['a'])
  await admin().script('FLUSH')
  const second = await link.run('data', fresh, ['a'])

  expect(first).toEqual([expect.any(Buffer), Buffer.from('a'), 7])
  expect(second).toEqual(first)
})

it('passes bytes through as they are, both ways', async () => {
  const link = await openLink({ url })
  const bytes = Buffer.from([0, 255, 128, 13, 10])

  expect(await link.run('data', echo, [bytes, 'ü', 5])).toEqual([bytes, Buffer.from('ü'), Buffer.from('5')])
})

it('throws what a script raises as it came [RQ-03]', async () => {
  const link = await openLink({ url })
  const raising = script("return redis.error_reply('STALE call 7 of lane 2')")

  await expect(link.run('data', raising, ['secret'])).rejects.toMatchObject({ message: 'STALE call 7 of lane 2' })
})

it('says so when something else is stored under the key of a namespace', async () => {
  const rootKey = `{${randomUUID()}}`
  const link = await openLink({ url }, { rootKey })
  await admin().set(rootKey, 'a string')

  await expect(link.run('data', count, [])).rejects.toMatchObject({
    code: 'BACKEND_REFUSED',
    message: expect.stringContaining('something else under a key'),
  })
})

it('answers calls of both channels while the other is under way', async () => {
  const link = await openLink({ url })

  const answers = await Promise.all([
    link.run('data', echo, ['1']),
    link.run('control', echo, ['2']),
    link.run('data', echo, ['3']),
  ])

  expect(answers.map(String)).toEqual(['1', '2', '3'])
})

it('hears what is published on its channels, and nothing of others', async () => {
  const link = await openLink({ url })
  const [mine, other] = [randomUUID(), randomUUID()]
  const heard: string[] = []
  await link.subscribe(mine, {
    message: (bytes) => heard.push(bytes.toString()),
    restored: () => heard.push('restored'),
  })

  await link.run('data', tell, [other, 'for somebody else'])
  await link.run('data', tell, [mine, 'for me'])

  await eventually(() => expect(heard).toEqual(['for me']))
})

it('hears nothing on a channel that was left, however often', async () => {
  const link = await openLink({ url })
  const channel = randomUUID()
  const heard: string[] = []
  const subscription = await link.subscribe(channel, { message: () => heard.push('a'), restored: () => undefined })

  await subscription.close()
  await subscription.close()

  expect(await link.run('data', tell, [channel, 'anybody?'])).toBe(0)
  expect(heard).toEqual([])
})

it('takes a message that nobody can read for one that was missed', async () => {
  const link = await openLink({ url })
  const channel = randomUUID()
  const heard: string[] = []
  const message = (bytes: Buffer) => heard.push(JSON.parse(String(bytes)))
  await link.subscribe(channel, { message, restored: () => heard.push('restored') })

  await link.run('data', tell, [channel, '{not ours'])
  await link.run('data', tell, [channel, '"ours"'])

  await eventually(() => expect(heard).toEqual(['restored', 'ours']))
})

it('gives a channel to the last who asked for it', async () => {
  const link = await openLink({ url })
  const channel = randomUUID()
  const heard: string[] = []
  const hearer = (name: string) => ({ message: () => heard.push(name), restored: () => undefined })
  const first = await link.subscribe(channel, hearer('first'))
  await link.subscribe(channel, hearer('second'))

  await first.close()
  await link.run('data', tell, [channel, 'x'])

  await eventually(() => expect(heard).toEqual(['second']))
})

it('answers a ping [WQ-56]', async () => {
  const link = await openLink({ url })

  await expect(link.ping()).resolves.toBeUndefined()
})

it('refuses everything once it is closed, and closes twice as once', async () => {
  const link = await openLink({ url })

  await link.close()
  await link.close()

  const hearer = { message: () => undefined, restored: () => undefined }
  const calls = [
    () => link.open(),
    () => link.run('data', echo, []),
    () => link.subscribe('a', hearer),
    () => link.ping(),
  ]
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'CLOSED' })
})

it('leaves no connection behind when it is closed, also while it connects', async () => {
  const lister = admin()
  const open = async () => String(await lister.client('LIST')).match(/name=taskspace:/g)?.length ?? 0
  const before = await open()
  const [link, opened, closing] = [makeLink({ url }), makeLink({ url }), makeLink({ url })]
  await opened.open()
  await opened.subscribe('a', { message: () => undefined, restored: () => undefined })

  const opening = [link.open(), closing.run('control', echo, [])].map((call) => call.catch((error: unknown) => error))
  await Promise.all([opened.close(), link.close(), closing.close()])

  expect(await Promise.all(opening)).toEqual([
    expect.objectContaining({ code: 'CLOSED' }),
    expect.objectContaining({ code: 'CLOSED' }),
  ])
  await eventually(async () => expect(await open()).toBeLessThanOrEqual(before))
})

function admin(): Redis {
  const client = new Redis(url)
  onTestFinished(() => client.disconnect())
  return client
}
