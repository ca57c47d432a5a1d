import { AsyncPool, currentJob, TaskSpace, task } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { gate } from '../../src/index.ts'
import { ProgramStore, rejection } from '../rows/program-store.ts'

const tasks = new TaskSpace('t', {
  same: (value: unknown) => value,
  sum: (values: readonly number[]) => values.reduce((a, b) => a + b, 0),
  text: (length: number) => 'x'.repeat(length),
})

describe('the life of a result', () => {
  it.each([10, 5_000, 1_000_000])(
    'may be none: whoever waits has it once, of %d characters, and nobody later',
    async (length) => {
      const store = new ProgramStore()
      const broker = await store.worker(tasks)
      const job = broker.queue<typeof tasks>().t.text.with({ resultTtl: 0 })(length)
      const elsewhere = store.broker().deferred<string>(job.id)

      const results = await Promise.all([job.result(), elsewhere.result(), job.result()])

      expect(results.map((text) => text.length)).toEqual([length, length, length])
      expect(await rejection(store.broker().deferred(job.id).result())).toMatchObject({
        code: 'TASK_EXPIRED',
        id: job.id,
      })
      expect(await rejection(broker.queue().t.same(store.broker().deferred(job.id)).result())).toMatchObject({
        code: 'TASK_EXPIRED',
      })
    },
  )

  it('may be none, and those that need it have it all the same', async () => {
    const store = new ProgramStore()
    const broker = store.broker(tasks)
    const q = broker.queue<typeof tasks>()
    const big = q.t.text.with({ resultTtl: 0 })(1_000_000)
    const users = Array.from({ length: 3 }, () => q.t.same.with({ delay: '1h' })(big))
    await Promise.all(users.map((user) => user.enqueued()))
    await new AsyncPool(broker).start()

    await store.clock.advance('61m')

    expect((await Promise.all(users.map((user) => user.result()))).map(String)).toEqual(
      users.map(() => 'x'.repeat(1_000_000)),
    )
  })

  it('may last for ever', async () => {
    const store = new ProgramStore()
    const broker = await store.worker(tasks)
    const job = broker.queue<typeof tasks>().t.same.with({ resultTtl: Number.POSITIVE_INFINITY })(1)
    await job.result()

    store.clock.skip('36525d')
    await store.clock.advance('1m')

    expect(await store.broker().deferred(job.id).result()).toBe(1)
    expect((await broker.jobs.get(job.id)).resultUntil).toBeInstanceOf(Date)
  })

  it('ends to the millisecond, and the job is known longer', async () => {
    const store = new ProgramStore()
    const broker = await store.worker(tasks)
    const job = broker.queue<typeof tasks>().t.same.with({ resultTtl: '10s' })(1)
    await job.wait()
    const readers = [store.broker(), store.broker()]

    await store.clock.advance(9_999)
    expect(await readers[0]?.deferred(job.id).result()).toBe(1)
    await store.clock.advance(1)

    expect(await rejection(readers[1]?.deferred(job.id).result() as Promise<unknown>)).toMatchObject({
      code: 'TASK_EXPIRED',
    })
    expect(await broker.deferred(job.id).status()).toBe('success')
    expect(await job.result()).toBe(1)
  })
})

describe('a time to run', () => {
  it.each([0, 1, new Date(0)])('in the past is now: %s', async (runAt) => {
    const broker = await new ProgramStore().worker(tasks)

    const job = broker.queue<typeof tasks>().t.same.with({ runAt })(1)

    expect(await job.result()).toBe(1)
  })

  it.each([new Date(Date.UTC(2250, 0, 1)), Date.UTC(2254, 0, 1)])('in the far future is kept: %s', async (runAt) => {
    const store = new ProgramStore()
    const broker = await store.worker(tasks)
    const job = broker.queue<typeof tasks>().t.same.with({ runAt })(1)
    await job.enqueued()

    store.clock.skip('100d')
    await store.clock.advance('1m')

    expect(await job.status()).toBe('scheduled')
    expect((await broker.jobs.get(job.id)).runAt).toEqual(new Date(runAt))
    expect(await job.cancel()).toBe(true)
  })

  it('goes by the order of the times, then of the calls, also where it was due long ago', async () => {
    const store = new ProgramStore()
    const broker = store.broker(tasks)
    const q = broker.queue<typeof tasks>()
    const order: unknown[] = []
    const jobs = [3, 1, 2, 1].map((minutes, index) => q.t.same.with({ delay: minutes * 60_000 })(`${minutes}/${index}`))
    for (const job of jobs) void job.result().then((value) => order.push(value))
    await Promise.all(jobs.map((job) => job.enqueued()))
    store.clock.skip('1h')
    await new AsyncPool(broker, { concurrency: 1 }).start()

    await store.clock.advance('1s')

    expect(order).toEqual(['1/1', '1/3', '2/2', '3/0'])
  })

  it('counts from the release of a job that waits for others as well', async () => {
    const store = new ProgramStore()
    const held = gate()
    const slow = new TaskSpace('slow', { one: () => held.pass().then(() => 1) })
    const broker = await store.worker([tasks, slow])
    const q = broker.queue<[typeof tasks, typeof slow]>()
    const job = q.t.sum.with({ delay: '10s' })([q.slow.one(), 1])
    await held.reached()
    await store.clock.advance('1m')

    held.open()

    expect(await job.result()).toBe(2)
  })
})

describe('the calls of a task', () => {
  it('may be its own children under ids of its own, made once however often it runs', async () => {
    const store = new ProgramStore()
    let runs = 0
    const parent = new TaskSpace('p', {
      make: task({ retries: 2 }, async () => {
        const job = currentJob()
        const q = job.queue<typeof tasks>()
        const children = [1, 2, 3].map((n) => q.t.same.with({ id: job.childId(`${n}`), onDuplicate: 'return' })(n))
        await Promise.all(children.map((child) => child.enqueued()))
        runs += 1
        if (runs < 3) throw new Error('again')
        return children.length
      }),
    })
    const broker = await store.worker([tasks, parent])

    expect(await broker.queue<typeof parent>().p.make().result()).toBe(3)
    expect((await broker.queues.get().counts()).success).toBe(4)
  })

  it('are lost with its lease: a child of a job that was taken away is refused', async () => {
    const store = new ProgramStore()
    const held = gate()
    const errors: unknown[] = []
    const parent = new TaskSpace('p', {
      make: async () => {
        const { queue, attempt } = { queue: currentJob().queue<typeof tasks>(), attempt: currentJob().attempt }
        if (attempt > 1) return 'second'
        await held.pass()
        errors.push(await rejection(queue.t.same(1).enqueued()))
        return 'first'
      },
    })
    const broker = await store.worker([tasks, parent])
    const job = broker.queue<typeof parent>().p.make()
    await held.reached()
    await broker.jobs.expireLease(job.id)

    const result = await job.result()
    held.open()
    await store.clock.advance('1s')

    expect(result).toBe('second')
    expect(errors).toEqual([expect.objectContaining({ code: 'LEASE_LOST' })])
  })
})
