import { currentJob, TaskSpace } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { drain, gate } from '../../src/index.ts'
import { ProgramStore, rejection } from './program-store.ts'

/** Tasks that say what they did, in order, and one that waits at a gate for its first run. */
function shop() {
  const [done, held, stopped] = [[] as unknown[], gate(), [] as unknown[]]
  const tasks = new TaskSpace('shop', {
    pack: (what: unknown) => {
      done.push(what)
      return what
    },
    ship: async (what: string) => {
      const { attempt, signal } = currentJob()
      signal.addEventListener('abort', () => stopped.push(signal.reason))
      if (attempt === 1) await held.pass()
      return `${what} shipped`
    },
  })
  return { done, held, stopped, tasks }
}

function openShop() {
  const store = new ProgramStore()
  const { tasks, ...rest } = shop()
  const broker = store.broker(tasks)
  return { store, broker, q: broker.queue<typeof tasks>(), tasks, ...rest }
}

describe('the order of jobs', () => {
  it('is the one in which they were stored, also within one instant and between programs [RQ-20] [RQ-19]', async () => {
    const { store, broker, done, tasks } = openShop()
    const programs = [broker, store.broker(), store.broker()].map((program) => program.queue<typeof tasks>())
    for (let n = 0; n < 12; n += 1) {
      await programs[n % 3]?.shop.pack
        .with({ id: `${99 - n}` })(n)
        .enqueued()
    }

    await drain(broker, { concurrency: 1 })

    expect(done).toEqual(Array.from({ length: 12 }, (_, n) => n))
  })

  it('goes by priority, the higher first, then by the time of storing [RQ-19] [RQ-45]', async () => {
    const { broker, q, done } = openShop()
    for (const priority of [0, 5, -5, 5, 0]) q.shop.pack.with({ priority })([priority, done.length])

    await drain(broker, { concurrency: 1 })

    expect(done).toEqual([5, 5, 0, 0, -5].map((priority) => [priority, 0]))
  })

  it('changes with a priority that is set later: to the end of the new line [RQ-45]', async () => {
    const { broker, q, done } = openShop()
    const [a] = [q.shop.pack('a'), q.shop.pack('b')]
    const c = q.shop.pack.with({ priority: 9 })('c')
    const waits = q.shop.pack.with({ dependsOn: c })('waits')

    await waits.enqueued()
    await broker.jobs.setPriority(a.id, 9)
    await broker.jobs.setPriority(waits.id, 99)
    await drain(broker, { concurrency: 1 })

    expect(done).toEqual(['c', 'waits', 'a', 'b'])
    expect(await rejection(broker.jobs.setPriority(a.id, 1))).toMatchObject({ code: 'INVALID_STATE', state: 'success' })
    expect(await rejection(broker.jobs.setPriority('stranger', 1))).toMatchObject({
      code: 'NO_SUCH_JOB',
      id: 'stranger',
    })
  })
})

describe('a job under an id that is taken', () => {
  it('takes the place of the other job, keeping what is not given again [RQ-15] [RQ-05]', async () => {
    const { store, broker, q, done } = openShop()
    const options = { id: 'x', priority: 7, tags: ['a', 'b'], meta: { by: 'me' } }
    await q.shop.pack
      .with({ ...options, delay: '1h' })('old')
      .enqueued()

    const again = q.shop.pack.with({ id: 'x', onDuplicate: 'replace' })('new')
    await again.enqueued()

    expect(await broker.jobs.get('x')).toMatchObject({
      ...{ state: 'enqueued', priority: 7, tags: ['a', 'b'], meta: { by: 'me' }, failures: 0 },
    })
    await store.clock.advance('2h')
    await drain(broker)
    expect(done).toEqual(['new'])
    expect(await again.result()).toBe('new')
  })

  it('takes the place of a running one, whose worker is told to stop and changes nothing any more [RQ-15] [RQ-16]', async () => {
    const { store, broker, held, stopped, tasks } = openShop()
    const worker = await store.worker(tasks, { concurrency: 1 })
    const first = broker.queue<typeof tasks>().shop.ship.with({ id: 'x' })('old')
    const outcome = first.result()
    await held.reached()

    const second = broker.queue<typeof tasks>().shop.pack.with({ id: 'x', onDuplicate: 'replace' })('new')
    await second.enqueued()
    held.open()

    expect(await worker.deferred('x').result()).toBe('new')
    expect(await outcome).toBe('new')
    expect(stopped).toEqual([expect.objectContaining({ code: 'LEASE_LOST', id: 'x' })])
  })

  it('goes into the queue of the new call, whatever that of the other job was [RQ-17]', async () => {
    const { broker, q, done, tasks } = openShop()
    const later = broker.queue<typeof tasks>('later')
    await q.shop.pack
      .with({ id: 'x', tags: ['kept'] })('old')
      .enqueued()

    await later.shop.pack.with({ id: 'x', onDuplicate: 'replace' })('new').enqueued()

    expect(await broker.jobs.get('x')).toMatchObject({ queue: 'later', tags: ['kept'] })
    expect(await broker.queues.get('default').size()).toBe(0)
    await drain(broker)
    expect(done).toEqual(['new'])
  })

  it('is made where there is none, while orders about an unknown id are refused [RQ-17]', async () => {
    const { broker, q, done } = openShop()
    const orders = [broker.jobs.get('x'), broker.jobs.setPriority('x', 1), broker.jobs.expireLease('x')]

    const refused = await Promise.all(orders.map(rejection))
    await q.shop.pack.with({ id: 'x', onDuplicate: 'replace' })('new').enqueued()
    await drain(broker)

    const noSuchJob = expect.objectContaining({ code: 'NO_SUCH_JOB', message: 'no such job: x' })
    expect(refused).toEqual([noSuchJob, noSuchJob, noSuchJob])
    expect(done).toEqual(['new'])
  })

  it('is the same job for the second caller, if that is what it asks for [RQ-05] [WQ-23]', async () => {
    const { store, broker, q, done, tasks } = openShop()
    const once = { id: 'x', onDuplicate: 'return' } as const
    const elsewhere = store.broker().queue<typeof tasks>()

    const handles = [q.shop.pack.with(once)('first'), elsewhere.shop.pack.with(once)('second')]
    await Promise.all(handles.map((handle) => handle.enqueued()))
    await drain(broker)

    expect(done).toHaveLength(1)
    expect(await handles[0]?.result()).toBe(await handles[1]?.result())
    expect(await rejection(elsewhere.shop.ship.with(once)('third').enqueued())).toMatchObject({
      code: 'DUPLICATE_TASK',
    })
  })
})

describe('looking at jobs', () => {
  it('shows many at once in the order asked, with gaps for those that are unknown [RQ-07] [RQ-06]', async () => {
    const { broker, q } = openShop()
    const b = q.shop.pack.with({ id: 'b', tags: ['t'] })('b')
    const a = q.shop.pack.with({ id: 'a', dependsOn: b })('a')
    await a.enqueued()

    const found = await broker.jobs.getMany(['b', 'stranger', 'a'])

    expect(found.map((job) => job?.id)).toEqual(['b', undefined, 'a'])
    expect(found[0]).toMatchObject({
      name: 'shop.pack',
      queue: 'default',
      state: 'enqueued',
      tags: ['t'],
      dependents: ['a'],
    })
    expect(found[2]).toMatchObject({ state: 'deferred', waitsFor: [{ id: 'b', kind: 'order', onError: 'fail' }] })
  })

  it('tells how many are in each state of a queue, and how many wait [RQ-24] [WQ-19]', async () => {
    const { store, broker, q, held, tasks } = openShop()
    const queue = broker.queues.get('default')
    expect(await queue.size()).toBe(0)
    const first = q.shop.ship('first')
    const [second, third] = [q.shop.ship('second'), q.shop.pack(first)]
    const later = q.shop.pack.with({ delay: '1h' })('later')
    await Promise.all([second, third, later].map((job) => job.enqueued()))
    const sizes = [await queue.size()]

    await store.worker(tasks, { concurrency: 1, ahead: false })
    await held.reached()
    sizes.push(await queue.size())
    const counts = await queue.counts()
    held.open()
    await Promise.all([second.result(), third.result()])
    sizes.push(await queue.size())
    await store.clock.advance('1h')
    await later.result()
    sizes.push(await queue.size())

    expect(sizes).toEqual([4, 3, 1, 0])
    expect(counts).toEqual({
      deferred: 1,
      scheduled: 1,
      enqueued: 1,
      processing: 1,
      success: 0,
      failed: 0,
      canceled: 0,
    })
  })

  it('tells what happened to a job, in order, with times [RQ-09]', async () => {
    const { store, q, broker, held, tasks } = openShop()
    const d = await q.shop.ship.with({ delay: '10s' })('x').enqueued()
    await store.worker(tasks)
    await store.clock.advance('10s')
    await held.reached()
    await broker.jobs.expireLease(d.id)
    held.open()
    await d.result()

    const { history, createdAt } = await broker.jobs.get(d.id)

    expect(history.map(({ what }) => what)).toEqual(['enqueued', 'due', 'claimed', 'lease-lost', 'claimed', 'success'])
    expect(history.map(({ at }) => at - createdAt.getTime())).toEqual([0, 10_000, 10_000, 10_000, 10_000, 10_000])
  })
})

describe('what cannot be meant', () => {
  it.each([
    [{ priority: 'high' }, 'priority', /^invalid priority: 'high' is not a 32-bit integer$/],
    [{ delay: '5 minutes' }, 'delay', /^invalid delay: '5 minutes' is not a duration/],
    [{ delay: -1 }, 'delay', /^invalid delay: -1/],
    [{ retries: -1 }, 'retries', /^invalid retries: -1/],
    [{ tags: 'urgent' }, 'tags', /^invalid tags: 'urgent' is not an array of strings$/],
    [{ dependsOn: [7] }, 'dependsOn', /^invalid dependsOn: 7/],
    [{ priorty: 5 }, 'priorty', /^unknown option 'priorty' in call options; known are /],
  ])('is refused with the name of the option: %j [RQ-18]', (options, field, message) => {
    const { broker } = openShop()

    expect(() => broker.queue().shop.pack.with(options)).toThrow(
      expect.objectContaining({
        ...{ code: 'INVALID_ARGUMENT', field, message: expect.stringMatching(message) },
      }),
    )
  })
})
