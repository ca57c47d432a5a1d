import { describe, expect, it } from 'vitest'
import { MAX_BATCH_BYTES } from '../../src/backend.ts'
import { HOME } from '../../src/deferred/home.ts'
import { DEFERRED } from '../../src/deferred-brand.ts'
import type { Deferred, JobRef } from '../../src/queue/deferred.ts'
import { brokerOnFake, gate, rejection, settled } from './broker-on-fake.ts'
import { FakeQueue } from './fake-queue.ts'

describe('calls on their way', () => {
  it('of one tick travel in as few calls of the contract as its limits allow', async () => {
    const { store, q } = brokerOnFake()

    const made: JobRef[] = Array.from({ length: 1000 }, (_, i) => q.math.num(i))
    await Promise.all(made.map((d) => d.enqueued()))

    expect(store.enqueued.map((jobs) => jobs.length)).toEqual([256, 256, 256, 232])
    expect(store.enqueued.flat().map(({ id }) => id)).toEqual(made.map(({ id }) => id))
  })

  it('are cut at the most bytes that a call carries', async () => {
    const { store, q } = brokerOnFake()
    const text = 'ü'.repeat(MAX_BATCH_BYTES / 8)

    const made: JobRef[] = Array.from({ length: 9 }, () => q.text.count(text))
    await Promise.all(made.map((d) => d.enqueued()))

    expect(store.enqueued.map((jobs) => jobs.length)).toEqual([3, 3, 3])
  })

  it('are cut at the most edges that a call carries, and those with more of them go alone', async () => {
    const { store, q } = brokerOnFake()
    const needed: JobRef[] = Array.from({ length: 300 }, (_, i) => q.math.num(i))
    await Promise.all(needed.map((each) => each.enqueued()))
    store.enqueued.length = 0

    const made = [100, 100, 57, 300, 1].map((count): JobRef => q.math.add(...needed.slice(0, count)))
    await Promise.all(made.map((each) => each.enqueued()))

    const edges = store.enqueued.map((jobs) => jobs.map((job) => job.edges?.length))
    expect(edges).toEqual([[100, 100], [57], [300], [1]])
  })

  it('go alone if they are larger than a call should be', async () => {
    const { store, q } = brokerOnFake()

    const made: JobRef[] = [q.text.count('a'), q.text.count('b'.repeat(MAX_BATCH_BYTES + 1)), q.text.count('c')]
    await Promise.all(made.map((d) => d.enqueued()))

    expect(store.enqueued.map((jobs) => jobs.length)).toEqual([1, 1, 1])
  })

  it('gather while others are under way', async () => {
    const { store, q } = brokerOnFake()
    await q.warm.up().enqueued()
    const { opened, open } = gate()
    store.gates.set('enqueue', opened)

    const first: JobRef = q.math.num(0)
    await settled()
    const later: JobRef[] = []
    for (let turn = 1; turn <= 5; turn += 1) {
      later.push(q.math.num(turn))
      await settled()
    }
    open()
    await Promise.all(later.map((d) => d.enqueued()))

    expect(store.enqueued.slice(1).map((jobs) => jobs.map(({ id }) => id))).toEqual([
      [first.id],
      later.map(({ id }) => id),
    ])
  })

  it('are shared among as many calls as may be under way, in their order', async () => {
    const { store, q } = brokerOnFake({}, new FakeQueue('fake://store', true))
    await q.warm.up().enqueued()
    const { opened, open } = gate()
    store.gates.set('enqueue', opened)

    const made: JobRef[] = Array.from({ length: 100 }, (_, i) => q.math.num(i))
    await settled()
    expect(store.count('enqueue')).toBe(3)
    const more: JobRef[] = Array.from({ length: 5 }, (_, i) => q.math.num(i))
    await settled()
    expect(store.count('enqueue')).toBe(3)
    open()
    await Promise.all([...made, ...more].map((d) => d.enqueued()))

    expect(store.enqueued.slice(1).map((jobs) => jobs.length)).toEqual([50, 50, 5])
    expect(
      store.enqueued
        .slice(1)
        .flat()
        .map(({ id }) => id),
    ).toEqual([...made, ...more].map(({ id }) => id))
  })

  it('go at once, few as they are, while one more call may be under way', async () => {
    const { store, q } = brokerOnFake({}, new FakeQueue('fake://store', true))
    await q.warm.up().enqueued()
    const { opened, open } = gate()
    store.gates.set('enqueue', opened)

    const first: JobRef = q.math.num(1)
    await settled()
    const second: JobRef = q.math.num(2)
    await settled()

    expect(store.count('enqueue')).toBe(3)
    open()
    await Promise.all([first.enqueued(), second.enqueued()])
  })

  it('stay together where they need each other', async () => {
    const { store, q } = brokerOnFake({}, new FakeQueue('fake://store', true))
    await q.warm.up().enqueued()

    const parts: Deferred<number>[] = Array.from({ length: 80 }, (_, i) => q.math.num(i))
    const sum: JobRef = q.math.sum(parts)
    await sum.enqueued()

    expect(store.enqueued.slice(1).map((jobs) => jobs.length)).toEqual([81])
  })

  it('leave at the end of the tick, without waiting for a timer', async () => {
    const { store, clock, q } = brokerOnFake()
    await q.warm.up().enqueued()
    const timers = clock.timers

    q.math.num(1)
    await new Promise(setImmediate)

    expect(store.enqueued).toHaveLength(2)
    expect(clock.timers).toBe(timers)
  })

  it('tell the backend of a waiter only where there is one', async () => {
    const { store, q } = brokerOnFake()

    const looked: Deferred<number> = q.math.num(1)
    const other: JobRef = q.math.num(2)
    const result = looked.result()
    await other.enqueued()

    expect(store.enqueued.flat().map(({ reply }) => reply)).toEqual([true, undefined])
    store.succeed(looked.id, '1')
    expect(await result).toBe(1)
  })
})

describe('a Deferred as an argument', () => {
  it('of the same call of the contract is named by its place there', async () => {
    const { store, q } = brokerOnFake()

    const a = q.math.num(1)
    const b = q.math.num(2)
    const sum: JobRef = q.math.add([a, b, a])
    await sum.enqueued()

    expect(store.enqueued.flat()[2]?.edges).toEqual([
      { kind: 'value', on: 0, onError: 'fail' },
      { kind: 'value', on: 1, onError: 'fail' },
    ])
  })

  it('of an earlier call of the contract is named by its id', async () => {
    const { store, q } = brokerOnFake()

    const a: JobRef = q.math.num(1)
    const others: JobRef[] = Array.from({ length: 256 }, (_, i) => q.math.num(i))
    const sum: JobRef = q.math.add(a, others[255])
    await sum.enqueued()

    const last = store.enqueued.flat().at(-1)
    expect(last?.edges).toEqual([
      { kind: 'value', on: a.id, onError: 'fail' },
      { kind: 'value', on: 0, onError: 'fail' },
    ])
  })

  it('that is refused refuses the call with its error, whoever else has its id', async () => {
    const { store, q } = brokerOnFake()
    await q.math.num.with({ id: 'taken' })(1).enqueued()

    const again = q.math.num.with({ id: 'taken' })(2)
    const sum: JobRef = q.math.add(again)
    const total: JobRef = q.math.add(sum)

    const error = await rejection(again.enqueued())
    expect(error).toMatchObject({
      code: 'DUPLICATE_TASK',
      message: 'math.num [default:taken] cannot enqueue task with duplicate id',
    })
    expect(await rejection(sum.enqueued())).toBe(error)
    expect(await rejection(total.enqueued())).toBe(error)
    expect([...store.jobs.keys()]).toEqual(['taken'])
  })

  it('that was refused before is not even sent', async () => {
    const { store, q } = brokerOnFake()
    await q.math.num.with({ id: 'taken' })(1).enqueued()
    const again: Deferred<number> = q.math.num.with({ id: 'taken' })(2)
    const error = await rejection(again.enqueued())
    const sent = store.count('enqueue')

    const sum: Deferred<number> = q.math.add([again])

    expect(await rejection(sum.result())).toBe(error)
    expect(store.count('enqueue')).toBe(sent)
  })

  it('of another broker on the same store is waited for, then named by its id', async () => {
    const { store, q } = brokerOnFake()
    const other = brokerOnFake({}, store)
    const { opened, open } = gate()
    store.gates.set('open', opened)

    const theirs: JobRef = other.q.math.num(1)
    const sum: JobRef = q.math.add([theirs])
    const total: JobRef = q.math.add([sum])
    await settled()
    expect(store.enqueued).toEqual([])
    open()
    await total.enqueued()

    expect(store.jobs.get(sum.id)?.job.edges).toEqual([{ kind: 'value', on: theirs.id, onError: 'fail' }])
    expect([...store.jobs.keys()]).toEqual([theirs.id, sum.id, total.id])
  })

  it('of another store is refused at the call, naming both', () => {
    const { q } = brokerOnFake()
    const other = brokerOnFake()
    Object.defineProperty(other.store, 'url', { value: 'fake://elsewhere' })
    const theirs: JobRef = other.broker.deferred('theirs')

    expect(() => q.math.add([theirs])).toThrow(
      expect.objectContaining({
        code: 'FOREIGN_DEFERRED',
        message:
          'job theirs is of fake://elsewhere (namespace test), the call is of fake://store (namespace test): await its result and pass the value',
      }),
    )
    expect(() => q.math.add.with({ dependsOn: theirs })(1)).toThrow(/theirs is of fake:\/\/elsewhere/)
  })

  it('that keeps no result is refused at the call; as a dependency it may stand', async () => {
    const { store, q } = brokerOnFake()
    const ref: JobRef = q.math.num.with({ ignoreResult: true })(1)

    expect(() => q.math.add([ref])).toThrow(expect.objectContaining({ code: 'RESULT_IGNORED' }))
    const after: JobRef = q.math.add.with({ dependsOn: [ref, 'some-id'], onError: 'wait' })(1)
    await after.enqueued()

    expect(store.jobs.get(after.id)?.job.edges).toEqual([
      { kind: 'order', on: 0, onError: 'wait' },
      { kind: 'order', on: 'some-id', onError: 'wait' },
    ])
  })

  it('made by another copy of this package is waited for, then named by its id', async () => {
    const { store, q } = brokerOnFake()
    await q.math.num.with({ id: 'theirs' })(1).enqueued()
    const { opened, open } = gate()
    const home = { url: 'fake://store', namespace: 'test', ignoresResult: false }
    const ref = {
      [DEFERRED]: true,
      [HOME]: home,
      id: 'theirs',
      name: 'math.num',
      queue: 'default',
      enqueued: () => opened,
    }

    const sum: JobRef = q.math.add([ref])
    await settled()
    expect(store.jobs.has(sum.id)).toBe(false)
    open()
    await sum.enqueued()

    expect(store.jobs.get(sum.id)?.job.edges).toEqual([{ kind: 'value', on: 'theirs', onError: 'fail' }])
  })

  it('made by another copy of this package fails the call if it was not stored', async () => {
    const { q } = brokerOnFake()
    const home = { url: 'fake://store', namespace: 'test', ignoresResult: false }
    const enqueued = () => Promise.reject(new Error('theirs failed'))
    const ref = { [DEFERRED]: true, [HOME]: home, id: 'theirs', name: 'math.num', queue: 'default', enqueued }

    expect(await rejection(q.math.add([ref]).enqueued())).toMatchObject({ message: 'theirs failed' })
  })

  it('made from an id is refused by the backend if the job is unknown', async () => {
    const { broker, q } = brokerOnFake()

    const sum: JobRef = q.math.add([broker.deferred('nobody')])

    expect(await rejection(sum.enqueued())).toMatchObject({ code: 'NO_SUCH_JOB', id: 'nobody' })
  })
})

describe('an enqueue whose messages are lost', () => {
  it('is applied once, and answered', async () => {
    const { store, clock, q } = brokerOnFake()
    store.fault('enqueue', 'lose-reply', 'lose-request', 'lose-reply')

    const d: JobRef = q.math.num.with({ id: 'once' })(1)
    const enqueued = d.enqueued()
    await clock.advance(5_000)

    expect(await enqueued).toBe(d)
    expect(store.count('enqueue')).toBe(4)
    expect(store.enqueued).toHaveLength(1)
  })

  it('is rejected when the backend cannot be reached within the time allowed', async () => {
    const { store, clock, q } = brokerOnFake({ enqueueTimeout: '3s' })
    store.away = 'rejected'

    const d: Deferred<number> = q.math.num(1)
    const failures = Promise.all([rejection(d.enqueued()), rejection(d.result()), rejection(d.wait())])
    await clock.advance(3_000)

    const [error, ...others] = await failures
    expect(error).toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
    expect(others).toEqual([error, error])
    expect(d.hasValue()).toBe(true)
    expect(() => d.value).toThrow(error as Error)
    expect(d.toString()).toMatch(/not enqueued>$/)
  })

  it('fails every call of the tick after one time limit, not one after the other', async () => {
    const { store, clock, q } = brokerOnFake({ enqueueTimeout: '3s' })
    store.away = 'rejected'

    const made: JobRef[] = Array.from({ length: 1000 }, (_, i) => q.math.num(i))
    const failures = Promise.all(made.map((d) => rejection(d.enqueued())))
    await clock.advance(3_000)

    expect(await failures).toHaveLength(1000)
  })

  it('is unknown if it may have been stored, and its result may still come', async () => {
    const { store, clock, q } = brokerOnFake({ enqueueTimeout: '3s' })
    store.fault('enqueue', 'lose-reply', ...Array.from({ length: 50 }, () => 'lose-request' as const))
    const d: Deferred<number> = q.math.num(1)
    const failure = rejection(d.enqueued())
    await clock.advance(3_000)
    expect(await failure).toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'unknown' })
    expect(d.hasValue()).toBe(false)
    store.faults.clear()

    const result = d.result()
    await settled()
    store.succeed(d.id, '1')

    expect(await result).toBe(1)
    expect(store.calls.filter((call) => call === 'resume' || call === 'watch')).toEqual(['resume', 'watch'])
  })

  it('is unknown, and turns out not to be stored', async () => {
    const { store, clock, q } = brokerOnFake({ enqueueTimeout: '3s' })
    store.fault('enqueue', ...Array.from({ length: 50 }, () => 'lose-request' as const))
    const d: Deferred<number> = q.math.num(1)
    const failure = rejection(d.enqueued())
    await clock.advance(3_000)
    const error = await failure
    store.faults.clear()

    expect(await rejection(d.result())).toBe(error)
    expect(await rejection(d.wait())).toBe(error)
  })

  it('is sent under a new session if the backend has forgotten the old one', async () => {
    const { store, q } = brokerOnFake()
    await q.math.num(1).enqueued()
    const old = [...store.sessions.keys()]
    store.forgetSessions()

    const d: Deferred<number> = q.math.num(2)
    const result = d.result()
    await d.enqueued()
    await settled()
    store.succeed(d.id, '2')

    expect(await result).toBe(2)
    expect([...store.sessions.keys()]).not.toEqual(old)
  })
})
