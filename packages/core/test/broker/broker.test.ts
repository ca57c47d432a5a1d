import { describe, expect, it, vi } from 'vitest'
import { Broker } from '../../src/broker.ts'
import { HOST } from '../../src/broker-host.ts'
import type { Deferred, JobRef } from '../../src/queue/deferred.ts'
import type { AnyQueue } from '../../src/queue/queue.ts'
import { task } from '../../src/tasks/task.ts'
import { TaskSpace } from '../../src/tasks/task-space.ts'
import { brokerOnFake, rejection, settled } from '../client/broker-on-fake.ts'
import { FakeQueue } from '../client/fake-queue.ts'

describe('a broker', () => {
  it('knows where it is, and how many tasks it exposes [WQ-06]', () => {
    const { broker } = brokerOnFake()

    broker.expose(new TaskSpace('math', { num: Number, neg: (x: number) => -x }))

    expect(broker).toMatchObject({ url: 'fake://store', namespace: 'test', size: 2 })
  })

  it('refuses a name twice, unless it is to be replaced [WQ-05] [RW-24]', () => {
    const { broker } = brokerOnFake()
    broker.expose(new TaskSpace('foo.bar', { kick: () => 1 }))

    expect(() => broker.expose(new TaskSpace('foo', { 'bar.kick': () => 2 }))).toThrow(
      "task 'foo.bar.kick' conflicts with existing task",
    )
    expect(broker.expose(new TaskSpace('foo', { 'bar.kick': () => 2 }), { replace: true })).toBe(broker)
  })

  it.each([
    [{ enqueueTimeout: -1 }, 'enqueueTimeout'],
    [{ enqueueTimeout: 0 }, 'enqueueTimeout'],
    [{ enqueueTimeout: 'soon' }, 'enqueueTimeout'],
    [{ maxPayloadBytes: 0 }, 'maxPayloadBytes'],
    [{ maxPayloadBytes: 1.5 }, 'maxPayloadBytes'],
    [{ onEnqueueError: 'log' }, 'onEnqueueError'],
    [{ codec: { encode: () => '' } }, 'codec'],
    [{ logger: null }, 'logger'],
    [{ clock: {} }, 'clock'],
    [{ priority: 1 }, 'priority'],
  ])('refuses the options %j', (options, field) => {
    expect(() => new Broker(new FakeQueue(), options as object)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', field }),
    )
  })

  it.each(['redis://host', undefined, {}])('refuses %j as a task queue', (queue) => {
    expect(() => new Broker(queue as unknown as FakeQueue)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'taskQueue' }),
    )
  })

  it('refuses a backend of another contract, naming both versions', () => {
    const queue = new FakeQueue()
    Object.defineProperty(queue, 'contractVersion', { value: 0 })

    expect(() => new Broker(queue)).toThrow(
      expect.objectContaining({ code: 'VERSION_MISMATCH', message: expect.stringMatching(/version 0 .* version 1/) }),
    )
  })

  it('asks the backend for a sign of life [WQ-56]', async () => {
    const { store, broker } = brokerOnFake()

    await broker.ping()
    store.away = 'rejected'

    expect(await rejection(broker.ping())).toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
  })

  it('opens the backend once, at the first need, and again after a failure', async () => {
    const { store, broker } = brokerOnFake()
    expect(store.calls).toEqual([])
    store.away = 'unknown'
    expect(await rejection(broker.ping())).toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
    store.away = undefined

    await Promise.all([broker.ping(), broker.ping(), broker[HOST].opened()])

    expect(store.count('open')).toBe(2)
    expect(store.count('begin')).toBe(1)
  })

  it.each(['', 'x'.repeat(513), '\udc00', 7, null])('refuses %j as the name of a queue and as an id', (name) => {
    const { broker } = brokerOnFake()

    expect(() => broker.queue(name as string)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    expect(() => broker.queues.get(name as string)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    expect(() => broker.deferred(name as string)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })

  it.each(['__proto__', 'constructor', 'toString', 'then', 'a:b', '{}', '\0', '🐙', ' '])(
    'takes %j as the name of a queue and as an id',
    async (name) => {
      const { store, broker } = brokerOnFake()

      const d: JobRef = broker.queue(name).math.num.with({ id: name })(1)
      await d.enqueued()

      expect(store.jobs.get(name)?.job).toMatchObject({ id: name, queue: name, generated: false })
    },
  )
})

describe('a call', () => {
  it('carries what it was given, as the contract says it', async () => {
    const { store, broker } = brokerOnFake()
    const q: AnyQueue = broker.queue('mail', { priority: 3, tags: ['a'] })

    const d: JobRef = q.send.with({
      id: (to: string) => `mail-${to}`,
      onDuplicate: 'return',
      reuseIdWhen: 'complete',
      delay: '5s',
      retries: 2,
      timeout: '1m',
      backoff: '3s',
      maxCrashes: 1,
      resultTtl: '1d',
      meta: { by: 'me' },
      tags: ['b', 'b'],
    })('ann')
    await d.enqueued()

    expect(store.enqueued.flat()).toEqual([
      {
        id: 'mail-ann',
        generated: false,
        task: 'send',
        queue: 'mail',
        input: '["ann"]',
        onDuplicate: 'return',
        reuseEnded: true,
        priority: 3,
        delayMs: 5_000,
        run: { retries: 2, timeoutMs: 60_000, backoff: { type: 'fixed', delayMs: 3_000 } },
        maxCrashes: 1,
        resultTtlMs: 86_400_000,
        tags: ['b'],
        meta: '{"by":"me"}',
      },
    ])
  })

  it('takes the enqueue options of a task that is exposed where it is made', async () => {
    const { store, broker, q } = brokerOnFake()
    broker.expose(new TaskSpace('slow', { work: task({ priority: -5, tags: ['slow'], delay: '1s' }, () => 1) }))

    q.slow.work()
    await q.slow.work.with({ priority: 1, runAt: 5 })().enqueued()

    const [plain, own] = store.enqueued.flat()
    expect(plain).toMatchObject({ priority: -5, tags: ['slow'], delayMs: 1_000, generated: true })
    expect(own).toMatchObject({ priority: 1, tags: ['slow'], runAt: 5 })
    expect(own).not.toHaveProperty('delayMs')
  })

  it('takes a snapshot of its arguments', async () => {
    const { store, q } = brokerOnFake()
    const list = [1]

    const d: JobRef = q.math.add(list)
    list.push(2)
    await d.enqueued()

    expect(store.jobs.get(d.id)?.job.input).toBe('[[1]]')
  })

  it.each([
    [() => undefined, 'NOT_SERIALIZABLE'],
    [new (class Thing {})(), 'NOT_SERIALIZABLE'],
    ['x'.repeat(5_000), 'PAYLOAD_TOO_LARGE'],
  ])('throws at once for what cannot be sent, and nothing is stored', async (argument, code) => {
    const { store, q } = brokerOnFake({ maxPayloadBytes: 1_000 })

    expect(() => q.math.num(argument)).toThrow(expect.objectContaining({ code }))
    await settled()

    expect(store.enqueued).toEqual([])
  })

  it('holds a codec of one s own to the limit as well', () => {
    const codec = {
      name: 'large',
      encode: () => '',
      decode: () => undefined,
      encodeArguments: () => ({ payload: new Uint8Array(11), deferreds: [] }),
      decodeArguments: () => [],
      countHoles: () => 0,
    }
    const { q } = brokerOnFake({ codec, maxPayloadBytes: 10 })

    expect(() => q.math.num(1)).toThrow('arguments of math.num take 11 bytes, more than the limit of 10')
  })

  it('hears of the backend soon after its time has come, also if nobody listens', async () => {
    const { store, clock, q } = brokerOnFake()
    await q.math.num.with({ delay: '3s' })(1).enqueued()
    const sweeps = store.count('sweep')

    await clock.advance(3_000)

    expect(store.count('sweep')).toBe(sweeps + 1)
  })
})

describe('an input schema of a task that is exposed where it is called', () => {
  function withSchema(validate: (value: unknown) => unknown) {
    const on = brokerOnFake()
    const input = { '~standard': { version: 1, vendor: 'test', validate } } as never
    on.broker.expose(new TaskSpace('checked', { up: task({ input }, (text: string) => text) }))
    return on
  }

  const onlyText = (value: unknown): unknown =>
    typeof value === 'string' ? { value: `<${value}>` } : { issues: [{ message: 'is no text' }] }

  it('rejects the handle before anything is sent, and leaves what is sent as it was', async () => {
    const { store, q } = withSchema(onlyText)

    await expect(q.checked.up(7).enqueued()).rejects.toMatchObject({
      code: 'SCHEMA_REJECTED',
      message: "input of task 'checked.up' rejected: is no text",
    })
    await q.checked.up('a').enqueued()

    expect(store.enqueued.flat().map(({ input }) => input)).toEqual(['["a"]'])
  })

  it('is not asked while an argument is still to come', async () => {
    const validate = vi.fn(onlyText)
    const { store, q } = withSchema(validate)

    const d: JobRef = q.checked.up(q.math.num(1))
    await d.enqueued()

    expect(validate).not.toHaveBeenCalled()
    expect(store.jobs.size).toBe(2)
  })

  it('rejects enqueued() and result() if it is asynchronous, and what depends on the job', async () => {
    const { store, q } = withSchema(async (value) => onlyText(value))

    const bad: Deferred<string> = q.checked.up(7)
    const dependent: JobRef = q.math.num(bad)
    const good: JobRef = q.checked.up('a')
    const after: JobRef = q.math.num(good)

    const error = await rejection(bad.result())
    expect(error).toMatchObject({ code: 'SCHEMA_REJECTED' })
    expect(await rejection(bad.enqueued())).toBe(error)
    expect(await rejection(dependent.enqueued())).toBe(error)
    await after.enqueued()
    expect([...store.jobs.keys()]).toEqual([good.id, after.id])
  })
})

describe('closing', () => {
  it('sends what is on its way, tells who waits, and disconnects', async () => {
    const { store, clock, broker, q } = brokerOnFake()
    const d: Deferred<number> = q.math.num(1)
    const failure = rejection(d.result())

    await broker.close()

    expect(store.jobs.size).toBe(1)
    expect(await failure).toMatchObject({ code: 'CLOSED' })
    expect(store.sessions.size).toBe(0)
    expect(store.closed).toBe(true)
    expect(clock.timers).toBe(0)
  })

  it('is idempotent', async () => {
    const { store, broker } = brokerOnFake()
    await broker.ping()

    await Promise.all([broker.close(), broker.close(), broker[Symbol.asyncDispose]()])

    expect(store.count('close')).toBe(1)
  })

  it('ends everything that is asked of the broker from then on', async () => {
    const { broker, q } = brokerOnFake()
    const d: Deferred<number> = q.math.num(1)
    await d.enqueued()
    await broker.close()

    const closed = expect.objectContaining({ code: 'CLOSED' })
    expect(() => q.math.num(1)).toThrow(closed)
    expect(() => broker.queue()).toThrow(closed)
    expect(() => broker.deferred('x')).toThrow(closed)
    expect(() => broker.expose(new TaskSpace('a', { b: () => 1 }))).toThrow(closed)
    for (const asked of [
      d.result(),
      d.wait(),
      d.wait(0),
      d.status(),
      d.cancel(),
      broker.ping(),
      broker.jobs.get('x'),
    ]) {
      expect(await rejection(asked)).toMatchObject({ code: 'CLOSED' })
    }
    expect(await rejection(broker.queues.get('x').counts())).toMatchObject({ code: 'CLOSED' })
    expect(await rejection(broker.queues.get('x').drain())).toMatchObject({ code: 'CLOSED' })
    expect(await d.enqueued()).toBe(d)
  })

  it('stops the pools first, whose jobs may still make calls', async () => {
    const { store, broker, q } = brokerOnFake()
    const host = broker[HOST]
    const scope = host.scope({ id: 'parent', token: 5 })
    const stop = vi.fn(async () => {
      expect(() => q.math.num(1)).toThrow(expect.objectContaining({ code: 'CLOSED' }))
      await (scope.queue().math.num(2) as JobRef).enqueued()
    })
    const gone = { stop: vi.fn() }
    host.attach({ stop })
    host.attach(gone)()

    await broker.close()

    expect(stop).toHaveBeenCalledTimes(1)
    expect(gone.stop).not.toHaveBeenCalled()
    expect(store.enqueued.flat().map(({ parent }) => parent)).toEqual([{ id: 'parent', token: 5 }])
    expect(() => scope.queue().math.num(3)).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  })

  it('goes on to its end when a pool does not stop well', async () => {
    const store = new FakeQueue()
    const broker = new Broker(store)
    broker[HOST].attach({ stop: () => Promise.reject(new Error('stuck')) })

    expect(await rejection(broker.close())).toMatchObject({ message: 'stuck' })

    expect(store.closed).toBe(true)
  })

  it('does not wait for a backend that is away longer than an enqueue may take', async () => {
    const { store, clock, broker, q } = brokerOnFake({ enqueueTimeout: '2s' })
    store.away = 'unknown'
    const failure = rejection(q.math.num(1).enqueued())

    const closing = broker.close()
    await clock.advance(2_000)

    await closing
    expect(await failure).toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
    expect(store.closed).toBe(true)
  })
})

it('gives up, when it closes, what waits for a schema that never answers', async () => {
  const onEnqueueError = vi.fn()
  const { store, clock, broker, q } = brokerOnFake({ enqueueTimeout: '2s', onEnqueueError })
  const input = { '~standard': { version: 1, vendor: 'test', validate: () => new Promise(() => undefined) } } as never
  broker.expose(new TaskSpace('checked', { up: task({ input }, (text: string) => text) }))

  const d: JobRef = q.checked.up('a')
  const closing = broker.close()
  await clock.advance(2_000)
  await closing

  expect(onEnqueueError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'CLOSED' }), [d])
  expect(await rejection(d.enqueued())).toMatchObject({ code: 'CLOSED' })
  expect(store.closed).toBe(true)
  expect(clock.timers).toBe(0)
})

describe('the calls of a job', () => {
  it('carry its claim, and are told when all are stored', async () => {
    const { store, broker } = brokerOnFake()
    const scope = broker[HOST].scope({ id: 'parent', token: 5 })
    expect(scope.pending).toBe(false)

    const d: JobRef = scope.queue('mail', { priority: 2 }).math.num(1)
    expect(scope.pending).toBe(true)
    await scope.flushed()

    expect(scope.pending).toBe(false)
    expect(store.jobs.get(d.id)?.job).toMatchObject({ queue: 'mail', priority: 2, parent: { id: 'parent', token: 5 } })
  })

  it('fail the job that does not look at them', async () => {
    const onEnqueueError = vi.fn()
    const { broker, log } = brokerOnFake({ onEnqueueError })
    const scope = broker[HOST].scope({ id: 'parent', token: 5 })
    const q = scope.queue()
    await q.math.num.with({ id: 'a' })(1).enqueued()

    q.math.num.with({ id: 'a' })(2)
    const flushed = scope.flushed()

    expect(await rejection(flushed)).toMatchObject({ code: 'DUPLICATE_TASK' })
    await settled()
    expect(onEnqueueError).not.toHaveBeenCalled()
    expect(log.lines).toEqual([])
    expect(scope.pending).toBe(false)
  })

  it('are the job s own concern once it has looked at them', async () => {
    const { broker } = brokerOnFake()
    const scope = broker[HOST].scope({ id: 'parent', token: 5 })
    const q = scope.queue()
    await q.math.num.with({ id: 'a' })(1).enqueued()

    const seen = rejection(q.math.num.with({ id: 'a' })(2).enqueued())
    await scope.flushed()

    expect(await seen).toMatchObject({ code: 'DUPLICATE_TASK' })
  })

  it('are the job s own concern once it has looked at the call that they are arguments of', async () => {
    const { broker } = brokerOnFake()
    const scope = broker[HOST].scope({ id: 'parent', token: 5 })
    const q = scope.queue()
    await q.math.num.with({ id: 'a' })(1).enqueued()

    const seen = rejection(q.math.add([q.math.num.with({ id: 'a' })(2)]).enqueued())
    await scope.flushed()

    expect(await seen).toMatchObject({ code: 'DUPLICATE_TASK' })
    expect(scope.pending).toBe(false)
  })

  it('are logged if they fail and nobody asks any more', async () => {
    const onEnqueueError = vi.fn()
    const { broker, log } = brokerOnFake({ onEnqueueError })
    const scope = broker[HOST].scope({ id: 'parent', token: 5 })
    await scope.queue().math.num.with({ id: 'a' })(1).enqueued()

    scope.queue().math.num.with({ id: 'a' })(2)
    await settled()

    expect(log.lines).toEqual(['a call made by a job was not stored: <Deferred math.num [default:a] not enqueued>'])
    expect(onEnqueueError).not.toHaveBeenCalled()
  })
})
