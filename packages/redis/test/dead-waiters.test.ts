import { randomUUID } from 'node:crypto'
import type { SessionSpec } from '@taskspace/core/backend'
import { asRequest, job, KitSession } from '@taskspace/testing/kit'
import { Redis } from 'ioredis'
import { expect, inject, it, onTestFinished } from 'vitest'
import { RedisKeys } from '../src/keys.ts'
import { RedisTaskQueue } from '../src/redis-task-queue.ts'

const url = inject('redisUrl')

/** As many clients as may stand in a line before somebody looks who of them is still there. */
const CROWD = 16

/** A session that is silent so long is forgotten. */
const SILENCE_MS = 11 * 60_000

const QUEUES = ['idle']

it('a process that died while it waited is taken out of the line with its session, and the queue is forgotten', async () => {
  const { open, record } = await namespace()
  const [dying, living] = [await open({ queues: QUEUES }), await open()]
  await dying.claim({ queues: QUEUES, waitMs: 20 })
  expect(await record()).not.toBeNull()
  await dying.queue.close()

  await living.queue.shiftClock(SILENCE_MS)
  await living.queue.sweep()

  expect(await record()).toBeNull()
})

it('a process that lives stays in the line when the session of another is forgotten', async () => {
  const { open } = await namespace()
  const [dying, living] = [await open({ queues: QUEUES }), await open({ queues: QUEUES })]
  await dying.claim({ queues: QUEUES, waitMs: 20 })
  await dying.queue.close()
  const claim = living.take(1, { queues: QUEUES, waitMs: 60_000 })
  await living.renew()

  await living.queue.shiftClock(SILENCE_MS)
  await living.renew()
  await living.queue.sweep()
  await living.put(job('a', { queue: 'idle' }))

  expect((await claim).map(({ id }) => id)).toEqual(['a'])
})

it('a line in which clients come and go stays short', async () => {
  const { open, record } = await namespace()
  const staying = await open()
  const claim = staying.take(1, { queues: QUEUES, waitMs: 60_000 })
  await staying.renew()
  const sizes: number[] = []
  for (let round = 0; round < 3 * CROWD; round += 1) {
    const passing = await open()
    await passing.claim({ queues: QUEUES, waitMs: 5 })
    await passing.queue.close()
    sizes.push((await record())?.length ?? 0)
  }

  await staying.put(job('a', { queue: 'idle' }))

  expect((await claim).map(({ id }) => id)).toEqual(['a'])
  const bytesOfOne = (sizes[2] ?? 0) - (sizes[1] ?? 0)
  expect(Math.max(...sizes)).toBeLessThanOrEqual((sizes[0] ?? 0) + (CROWD + 1) * bytesOfOne)
})

it('a settlement that finds nothing where many wait is waited for all the same', async () => {
  const { open } = await namespace()
  const living = await open()
  const hogs = await Promise.all(Array.from({ length: CROWD }, () => open()))
  const claims = hogs.map((each) => each.take(1, { queues: QUEUES, waitMs: 60_000 }))
  await living.claim({ waitMs: 5 })
  await living.put(job('held'))
  const held = await living.takeOne()
  await Promise.all(hogs.map((each) => each.renew()))

  await living.settleAndClaim([{ kind: 'success', id: held.id, token: held.token, value: '1' }], { queues: QUEUES })
  const claim = living.queue.claim(living.next(1), asRequest({ queues: QUEUES }), 60_000)
  for (let at = 0; at <= CROWD; at += 1) await living.put(job(`j${at}`, { queue: 'idle' }))

  expect((await claim).jobs).toHaveLength(1)
  expect((await Promise.all(claims)).flat()).toHaveLength(CROWD)
})

/** A namespace of its own: sessions, each of a client of its own, and the record of the queue. */
async function namespace() {
  const name = randomUUID()
  const admin = new Redis(url)
  onTestFinished(() => admin.disconnect())
  const open = async (spec: Partial<SessionSpec> = {}): Promise<KitSession> => {
    const queue = new RedisTaskQueue({ url, namespace: name })
    onTestFinished(() => queue.close())
    await queue.open()
    return new KitSession(queue, spec).begin()
  }
  return { open, record: () => admin.hgetBuffer(new RedisKeys(name).root, 'qidle') }
}
