import { getEventListeners } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import type { DeferredJob } from '../../src/deferred/deferred-job.ts'
import { WouldDeadlock } from '../../src/errors/job-errors.ts'
import { type JobContextLike, jobStorage } from '../../src/pool/job-storage.ts'
import type { Deferred } from '../../src/queue/deferred.ts'
import { brokerOnFake, gate, rejection, settled } from './broker-on-fake.ts'
import { FakeQueue } from './fake-queue.ts'

async function stored(count: number, store = new FakeQueue()) {
  const on = brokerOnFake({}, store)
  const jobs: Deferred<number>[] = Array.from({ length: count }, (_, i) => on.q.math.num(i))
  await Promise.all(jobs.map((d) => d.enqueued()))
  return { ...on, jobs, d: jobs[0] as Deferred<number> }
}

describe('waiting for results', () => {
  it('takes one subscription and one question a tick, however many wait', async () => {
    const { store, jobs } = await stored(300)

    const results = jobs.map((d) => d.result())
    await settled()
    for (const [i, d] of jobs.entries()) store.succeed(d.id, String(i))

    expect(await Promise.all(results)).toEqual(jobs.map((_, i) => i))
    expect(store.count('listen')).toBe(1)
    expect(store.watches.map((ids) => ids.length)).toEqual([256, 44])
  })

  it('asks for nothing that the backend pushes by itself', async () => {
    const { store, q } = brokerOnFake()

    const d: Deferred<number> = q.math.num(1)
    const result = d.result()
    await d.enqueued()
    await settled()
    store.succeed(d.id, '1')

    expect(await result).toBe(1)
    expect(store.watches).toEqual([])
    expect(store.calls.indexOf('listen')).toBeLessThan(store.calls.indexOf('enqueue'))
  })

  it('lets many read one result, decoded once', async () => {
    const { store, d } = await stored(1)

    const readers = [d.result(), d.result(), d.wait(), d.result({ timeout: '1s' }), d.wait('1s')]
    await settled()
    store.succeed(d.id, '{"a":[1]}')

    const [one, two, ended, three, endedInTime] = await Promise.all(readers)
    expect(one).toEqual({ a: [1] })
    expect(two).toBe(one)
    expect(three).toBe(one)
    expect([ended, endedInTime]).toEqual([true, true])
    expect(d.value).toBe(one)
    expect(await d.result()).toBe(one)
  })

  it('tells every handle on the job', async () => {
    const { store, broker, d } = await stored(1)
    const other = broker.deferred<number>(d.id)
    const third = broker.deferred<number>(d.id)

    const results = Promise.all([d.result(), other.result(), third.wait()])
    await settled()
    store.succeed(d.id, '7')

    expect(await results).toEqual([7, 7, true])
  })

  it('asks again for what is still open every 15 s: a push may be lost', async () => {
    const { store, clock, d } = await stored(1)
    const result = d.result()
    await settled()
    store.pushes = false
    store.succeed(d.id, '1')

    await clock.advance(15_000)

    expect(await result).toBe(1)
  })

  it('goes on asking every 15 s', async () => {
    const { store, clock, d } = await stored(1)
    const result = d.result()
    await settled()
    store.pushes = false
    await clock.advance(40_000)
    store.succeed(d.id, '1')

    await clock.advance(5_000)

    expect(await result).toBe(1)
    expect(store.watches).toHaveLength(4)
  })

  it('asks for what ended before its enqueue was answered', async () => {
    const { store, q } = brokerOnFake()
    const { opened, open } = gate()
    store.replyGates.set('enqueue', opened)
    const d: Deferred<number> = q.math.num(1)
    const result = d.result()
    await settled()
    store.succeed(d.id, '1')

    open()

    expect(await result).toBe(1)
  })

  it('asks for what may have ended unheard while its enqueue was not answered', async () => {
    const { store, q } = brokerOnFake()
    const { opened, open } = gate()
    store.replyGates.set('enqueue', opened)
    const d: Deferred<number> = q.math.num(1)
    const result = d.result()
    await settled()
    store.pushes = false
    store.succeed(d.id, '1')
    for (const { listener } of store.sessions.values()) listener?.interrupted()
    await settled()

    open()

    expect(await result).toBe(1)
  })

  it('asks for what was enqueued under a session that was forgotten before the answer came', async () => {
    const { store, clock, q } = brokerOnFake()
    const { opened, open } = gate()
    store.replyGates.set('enqueue', opened)
    const d: Deferred<number> = q.math.num(1)
    const result = d.result()
    await settled()
    store.forgetSessions()
    await clock.advance(60_000)
    store.succeed(d.id, '1')

    open()

    expect(await result).toBe(1)
  })

  it('listens under the session that there is when the answer to listening comes', async () => {
    const { store, clock, d } = await stored(1)
    const { opened, open } = gate()
    store.replyGates.set('listen', opened)
    const result = d.result()
    await settled()
    store.forgetSessions()
    await clock.advance(60_000)
    store.replyGates.clear()

    open()
    await settled()
    store.succeed(d.id, '1')

    expect(await result).toBe(1)
  })

  it('asks again for everything when the subscription was interrupted', async () => {
    const { store, d } = await stored(1)
    const result = d.result()
    await settled()
    store.pushes = false
    store.succeed(d.id, '1')

    for (const { listener } of store.sessions.values()) listener?.interrupted()

    expect(await result).toBe(1)
  })

  it('asks for what was pushed while its enqueue was not answered, as another job may have the id', async () => {
    const { store, broker, q } = brokerOnFake()
    await q.math.num.with({ id: 'x' })(1).enqueued()
    const first = broker.deferred<number>('x')
    const result = first.result()
    await settled()

    const again: Deferred<number> = q.math.num.with({ id: 'x' })(2)
    const refused = rejection(again.result())
    store.succeed('x', '1')

    expect(await result).toBe(1)
    expect(await refused).toMatchObject({ code: 'DUPLICATE_TASK' })
  })

  it('asks for a job that was there before under onDuplicate return', async () => {
    const { store, q } = brokerOnFake()
    await q.math.num.with({ id: 'x' })(1).enqueued()

    const again: Deferred<number> = q.math.num.with({ id: 'x', onDuplicate: 'return' })(2)
    const result = again.result()
    await settled()
    expect(store.watches).toEqual([['x']])
    store.succeed('x', '1')

    expect(await result).toBe(1)
  })

  it('listens anew under the new session when the backend has forgotten the old one', async () => {
    const { store, clock, d } = await stored(1)
    const result = d.result()
    await settled()
    store.forgetSessions()

    await clock.advance(60_000)
    store.succeed(d.id, '1')

    expect(await result).toBe(1)
    expect(store.count('listen')).toBe(2)
  })

  it('goes on when the backend is away while somebody begins to wait', async () => {
    const { store, clock, d } = await stored(1)
    store.away = 'rejected'
    const result = d.result()
    await clock.advance(2_000)
    store.away = undefined
    store.succeed(d.id, '1')

    await clock.advance(2_000)

    expect(await result).toBe(1)
  })

  it('asks again soon when a question got no answer', async () => {
    const { store, clock, jobs } = await stored(2)
    const first = jobs[0]?.result()
    await settled()
    store.fault('watch', 'lose-request', 'lose-request')

    const second = jobs[1]?.result()
    await clock.advance(2_000)
    for (const { id } of jobs) store.succeed(id, '1')

    expect(await Promise.all([first, second])).toEqual([1, 1])
  })

  it('reads a large result in parts', async () => {
    const { store, d } = await stored(1)
    const value = 'é'.repeat(400_000)
    store.values.set(d.id, JSON.stringify(value))

    const result = d.result()
    await settled()
    store.finish({ id: d.id, state: 'success', large: { id: d.id, series: 1 }, size: 800_002 })

    expect(await result).toBe(value)
    expect(store.count('readValue')).toBe(4)
  })

  it('reads a large result once, however often it is told', async () => {
    const { store, d } = await stored(1)
    store.values.set(d.id, '"large"')
    const result = d.result()
    await settled()

    const outcome = { id: d.id, state: 'success', large: { id: d.id, series: 1 }, size: 7 } as const
    store.finish(outcome)
    store.finish(outcome)

    expect(await result).toBe('large')
    expect(store.count('readValue')).toBe(1)
  })

  it('tells that a large result is gone while it was read', async () => {
    const { store, d } = await stored(1)
    const failure = rejection(d.result())
    await settled()
    const chunk = { kind: 'text', size: 7, bytes: Buffer.from('"la') } as const
    vi.spyOn(store, 'readValue').mockResolvedValueOnce(chunk).mockResolvedValueOnce(undefined)

    store.finish({ id: d.id, state: 'success', large: { id: d.id, series: 1 }, size: 7 })

    expect(await failure).toMatchObject({ code: 'TASK_EXPIRED' })
  })

  it('reads a large result later if the backend goes away meanwhile', async () => {
    const { store, clock, d } = await stored(1)
    store.values.set(d.id, '"large"')
    const result = d.result()
    await settled()
    store.fault('readValue', 'lose-request')

    store.finish({ id: d.id, state: 'success', large: { id: d.id, series: 1 }, size: 7 })
    await clock.advance(15_000)

    expect(await result).toBe('large')
  })

  it('tells what else is wrong with a large result', async () => {
    const { store, d } = await stored(1)
    const failure = rejection(d.result())
    await settled()
    vi.spyOn(store, 'readValue').mockRejectedValue(new RangeError('odd'))

    store.finish({ id: d.id, state: 'success', large: { id: d.id, series: 1 }, size: 7 })

    expect(await failure).toMatchObject({ message: 'odd' })
  })

  it('tells that a large result is gone', async () => {
    const { store, d } = await stored(1)
    const failure = rejection(d.result())
    await settled()

    store.finish({ id: d.id, state: 'success', large: { id: d.id, series: 1 }, size: 7 })

    expect(await failure).toMatchObject({ code: 'TASK_EXPIRED' })
  })
})

describe('a result that is not to be had', () => {
  it('is the failure, with its details', async () => {
    const { store, d } = await stored(1)
    const failure = rejection(d.result())
    const ended = d.wait()
    await settled()

    store.finish({
      id: d.id,
      state: 'failed',
      failure: {
        kind: 'error',
        code: 'TASK_FAILED',
        task: 'math.num',
        queue: 'default',
        id: d.id,
        text: 'TaskError: no',
        group: 'g',
        details: '{"why":1}',
      },
    })

    const error = await failure
    expect(error).toMatchObject({
      code: 'TASK_FAILED',
      message: `math.num [default:${d.id}] TaskError: no`,
      details: { why: 1 },
    })
    expect(await ended).toBe(true)
    expect(d.hasValue()).toBe(true)
    expect(() => d.value).toThrow(error as Error)
    expect(d.toString()).toBe(`<Deferred math.num [default:${d.id}] failed>`)
    expect(await d.status()).toBe('failed')
  })

  it('is expired if the job was accepted and the store does not know it any more', async () => {
    const { store, d } = await stored(1)
    store.jobs.clear()

    expect(await rejection(d.result())).toMatchObject({
      code: 'TASK_EXPIRED',
      message: `math.num [default:${d.id}] task expired before a result was returned`,
    })
    expect(await d.wait()).toBe(true)
    expect(await d.status()).toBeUndefined()
  })

  it('is told as it is when the message cannot be decoded', async () => {
    const { store, d } = await stored(1)
    const failure = rejection(d.result())
    await settled()

    store.succeed(d.id, '{"not json')

    expect(await failure).toMatchObject({ code: 'MALFORMED_PAYLOAD' })
  })

  it('is refused if a codec makes it something that a promise would call', async () => {
    const store = new FakeQueue()
    const { q } = brokerOnFake(
      {
        codec: {
          name: 'odd',
          encode: () => '',
          // biome-ignore lint/suspicious/noThenProperty: the point of the test
          decode: () => ({ then: () => expect.unreachable() }),
          encodeArguments: () => ({ payload: '', deferreds: [] }),
          decodeArguments: () => [],
          countHoles: () => 0,
        },
      },
      store,
    )
    const d: Deferred<unknown> = q.math.num(1)
    const failure = rejection(d.result())
    await d.enqueued()

    store.succeed(d.id, '')

    expect(await failure).toMatchObject({ code: 'MALFORMED_PAYLOAD' })
  })
})

describe('giving up', () => {
  it('after a timeout rejects, and the job goes on', async () => {
    const { store, clock, d } = await stored(1)

    const failure = rejection(d.result({ timeout: '2s' }))
    const ended = d.wait(2_000)
    await clock.advance(2_000)

    expect(await failure).toMatchObject({ code: 'WAIT_TIMEOUT', id: d.id })
    expect(await ended).toBe(false)
    const result = d.result({ timeout: '2s' })
    await settled()
    store.succeed(d.id, '1')
    expect(await result).toBe(1)
  })

  it('when its signal aborts rejects with the reason', async () => {
    const { d } = await stored(1)
    const controller = new AbortController()

    const result = rejection(d.result({ signal: controller.signal }))
    const wait = rejection(d.wait('1h', { signal: controller.signal }))
    await settled()
    controller.abort('enough')

    expect(await result).toBe('enough')
    expect(await wait).toBe('enough')
    expect(await rejection(d.result({ signal: controller.signal }))).toBe('enough')
  })

  it('tells the backend when the last one has, and leaves no timer', async () => {
    const { store, clock, jobs } = await stored(3)
    const [a, b, c] = jobs as [Deferred<number>, Deferred<number>, Deferred<number>]
    const kept = a.result()
    const waits = [a.wait(1_000), b.wait(1_000), c.wait(500), c.wait(1_000)]
    await settled()

    await clock.advance(1_000)

    expect(await Promise.all(waits)).toEqual([false, false, false, false])
    expect(store.unwatches.flat().sort()).toEqual([b.id, c.id].sort())
    store.succeed(a.id, '1')
    expect(await kept).toBe(1)
  })

  it('at once with a timeout of 0 only looks', async () => {
    const { store, jobs } = await stored(2)
    const [done, open] = jobs as [Deferred<number>, Deferred<number>]
    store.succeed(done.id, '5')

    expect(await open.wait(0)).toBe(false)
    expect(await rejection(open.result({ timeout: 0 }))).toMatchObject({ code: 'WAIT_TIMEOUT' })
    expect(await done.wait(0)).toBe(true)
    expect(done.value).toBe(5)
    expect(store.watches).toEqual([[done.id]])
  })

  it.each([-1, Number.NaN, '5 minutes', '-1s'])('refuses a timeout of %s [WQ-39]', async (timeout) => {
    const { d } = await stored(1)

    expect(await rejection(d.wait(timeout as number))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'timeout' })
    expect(await rejection(d.result({ timeout: timeout as number }))).toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  it('is not needed any more when the job ends: no timer and no listener stays', async () => {
    const { store, clock, d } = await stored(1)
    const { signal } = new AbortController()
    const timers = clock.timers
    const waits = Promise.all([d.result({ timeout: '1h', signal }), d.wait('1h', { signal })])
    await settled()
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)

    store.succeed(d.id, '1')

    expect(await waits).toEqual([1, true])
    expect(getEventListeners(signal, 'abort')).toEqual([])
    // One more than before: open waits are asked for anew every 15 s.
    expect(clock.timers).toBe(timers + 1)
  })

  it('happens by itself when the enqueue fails', async () => {
    const { q } = brokerOnFake()
    await q.math.num.with({ id: 'a' })(1).enqueued()
    const again: Deferred<number> = q.math.num.with({ id: 'a' })(1)

    await rejection(again.result())

    expect((again as unknown as DeferredJob).client.waits.size).toBe(0)
  })

  it('of one never disturbs another', async () => {
    const { store, clock, d } = await stored(1)
    const waits = Array.from({ length: 50 }, (_, i) => d.wait(1_000 + i * 100))
    await settled()

    await clock.advance(3_000)
    store.succeed(d.id, '1')

    expect((await Promise.all(waits)).filter(Boolean)).toHaveLength(29)
  })
})

describe('waiting inside a job', () => {
  function inJob<T>(waiting: (id: string, until: Promise<unknown>) => void, run: () => T): T {
    return jobStorage.run({ waiting } as unknown as JobContextLike, run)
  }

  it('lends the slot of the job until the wait is over', async () => {
    const { store, d } = await stored(1)
    const waiting = vi.fn()

    const result = inJob(waiting, () => d.result())
    await settled()
    store.succeed(d.id, '1')

    expect(await result).toBe(1)
    expect(waiting).toHaveBeenCalledExactlyOnceWith(d.id, expect.any(Promise))
    expect(await inJob(waiting, () => d.result())).toBe(1)
    expect(waiting).toHaveBeenCalledTimes(1)
  })

  it('is refused if no slot can be lent, and leaves nothing behind', async () => {
    const { store, d } = await stored(1)
    const refuse = (): never => {
      throw new WouldDeadlock(d.id)
    }

    expect(await rejection(inJob(refuse, () => d.result()))).toMatchObject({ code: 'WOULD_DEADLOCK', id: d.id })

    await settled()
    expect(store.watches).toEqual([])
  })
})
