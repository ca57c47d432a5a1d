import { randomUUID } from 'node:crypto'
import { type Clock, seal, systemClock } from '@taskspace/core/backend'
import { expect, it } from 'vitest'
import { createTaskQueue, MemoryTaskQueue } from '../src/index.ts'

const job = { id: 'a', generated: false, task: 'work', queue: 'default', input: '[]' }
const call = { session: 's', epoch: 0, lane: 0, number: 1 }

async function opened(namespace: string, url = 'memory:', clock?: Clock): Promise<MemoryTaskQueue> {
  const queue = new MemoryTaskQueue(clock === undefined ? { url, namespace } : { url, namespace, clock })
  await queue.open()
  return queue
}

it('shares one store among all queues of a URL and namespace in the process [WQ-54]', async () => {
  const namespace = randomUUID()
  const [one, other] = [await opened(namespace), await opened(namespace)]
  await one.begin({ id: 's' })

  await one.enqueue(call, [job])

  expect(await other.read(['a'])).toMatchObject([{ id: 'a', state: 'enqueued' }])
  await Promise.all([one.close(), other.close()])
})

it.each([
  ['namespace', 'memory:', randomUUID()],
  ['URL', 'memory:other', undefined],
])('keeps stores of another %s apart', async (_, url, namespace) => {
  const shared = randomUUID()
  const [one, other] = [await opened(shared), await opened(namespace ?? shared, url)]
  await one.begin({ id: 's' })

  await one.enqueue(call, [job])

  expect(await other.read(['a'])).toEqual([undefined])
  await Promise.all([one.close(), other.close()])
})

it('hands out sealed bytes themselves, and others as copies', async () => {
  const queue = await opened(randomUUID())
  const [sealed, loose] = [seal(new Uint8Array(5)), new Uint8Array(5)]
  await queue.begin({ id: 's' })
  await queue.enqueue(call, [
    { ...job, input: sealed },
    { ...job, id: 'b', input: loose },
  ])

  const { jobs } = await queue.claim({ ...call, lane: 1 }, { slots: 2, ahead: 0, bytes: 1_000, queues: ['default'] }, 0)

  expect(jobs[0]?.input).toBe(sealed)
  expect(jobs[1]?.input).toEqual(loose)
  expect(jobs[1]?.input).not.toBe(loose)
  await queue.close()
})

it('keeps a store for as long as one queue on it is open, and frees it with the last', async () => {
  const namespace = randomUUID()
  const [one, other] = [await opened(namespace), await opened(namespace)]
  await one.begin({ id: 's' })
  await one.enqueue(call, [job])

  await one.close()
  const kept = await other.read(['a'])
  await other.close()
  const anew = await opened(namespace)

  expect(kept).toMatchObject([{ id: 'a' }])
  expect(await anew.read(['a'])).toEqual([undefined])
  await anew.close()
})

it('frees a store once, however often a queue is closed', async () => {
  const namespace = randomUUID()
  const [one, other] = [await opened(namespace), await opened(namespace)]
  await one.begin({ id: 's' })
  await one.enqueue(call, [job])

  await other.close()
  await other.close()

  expect(await one.read(['a'])).toMatchObject([{ id: 'a' }])
  await one.close()
})

it('refuses a second clock for one store', async () => {
  const namespace = randomUUID()
  const one = await opened(namespace, 'memory:', systemClock)
  const stranger: Clock = { ...systemClock }

  await expect(opened(namespace, 'memory:', stranger)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    field: 'clock',
  })

  const same = await opened(namespace, 'memory:', systemClock)
  await Promise.all([one.close(), same.close()])
})

it('takes its time from the clock that it is given', async () => {
  const clock: Clock = { now: () => 1_234_567, setTimer: systemClock.setTimer }
  const queue = await opened(randomUUID(), 'memory:', clock)

  expect(await queue.now()).toBe(1_234_567)
  await queue.close()
})

it.each(['memory://user:secret@host', 'memory:?a=b', 'memory:a b', 'redis:', ''])('refuses the URL %j', (url) => {
  expect(() => createTaskQueue(url, { namespace: 'n' })).toThrow(
    expect.objectContaining({ code: 'INVALID_BROKER_URL', message: expect.not.stringContaining('secret') }),
  )
})

it('refuses calls before it is open and after it is closed', async () => {
  const queue = new MemoryTaskQueue({ namespace: randomUUID() })

  await expect(queue.read(['a'])).rejects.toMatchObject({ code: 'CLOSED' })
  await queue.open()
  await queue.close()

  await expect(queue.read(['a'])).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(queue.open()).rejects.toMatchObject({ code: 'CLOSED' })
})
