import { AsyncPool, type Broker, getBroker, TaskSpace, task } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { eventually, testBroker } from '../../src/index.ts'
import { ProgramStore, rejection } from '../rows/program-store.ts'
import { revoked, throwingError, trap } from './odd-values.ts'

class Account {
  readonly balance = 5
}

function cyclic(): unknown {
  const user: { friends: unknown[] } = { friends: [] }
  user.friends.push(user)
  return user
}

function accessor(thrown: unknown): object {
  return Object.defineProperty({}, 'user', {
    enumerable: true,
    get: () => {
      throw thrown
    },
  })
}

/** How many jobs the store has. */
async function stored(broker: Broker): Promise<number> {
  const counts = [...(await broker.queues.counts()).values()]
  return counts.flatMap((each) => Object.values(each)).reduce((sum, count) => sum + count, 0)
}

describe('an argument that cannot travel', () => {
  it.each<[string, unknown, string]>([
    ['a function', { on: { done: () => 1 } }, 'arguments[0].on.done'],
    ['a function in a Map', new Map([['done', () => 1]]), 'arguments[0].get("done")'],
    ['a function in a Set', new Set([() => 1]), 'arguments[0].values()[0]'],
    ['a method', { done() {} }, 'arguments[0].done'],
    ['an instance of a class', [{ account: new Account() }], 'arguments[0][0].account'],
    ['a subclass of an array', { list: new (class List extends Array {})() }, 'arguments[0].list'],
    ['a cycle', cyclic(), 'arguments[0].friends[0]'],
    ['a symbol', { id: Symbol('id') }, 'arguments[0].id'],
    ['a promise', { later: Promise.resolve(1) }, 'arguments[0].later'],
    ['a WeakSet', [new WeakSet()], 'arguments[0][0]'],
    ['a regular expression', { pattern: /a/ }, 'arguments[0].pattern'],
    ['a list with holes', { list: new Array(3) }, 'arguments[0].list'],
    ['an invalid Date', { at: new Date(Number.NaN) }, 'arguments[0].at'],
    ['a bigint without end', [2n ** 100_000n], 'arguments[0][0]'],
    ['an error of a class of one s own', [new (class Odd extends Error {})('x')], 'arguments[0][0]'],
    ['a revoked proxy', [revoked()], 'arguments[0][0]'],
    ['a proxy whose traps throw', [trap()], 'arguments[0][0]'],
    ['an accessor that throws', accessor(new Error('no')), 'arguments[0].user'],
    ['an accessor that throws what throws', accessor(throwingError()), 'arguments[0].user'],
    ['an accessor that throws a revoked proxy', accessor(revoked()), 'arguments[0].user'],
    ['an accessor that throws undefined', accessor(undefined), 'arguments[0].user'],
  ])('is refused at the call by its path, and nothing is stored: %s', async (_, argument, path) => {
    await using broker = testBroker()

    const call = () => broker.queue().any.task(argument)

    expect(call).toThrow(expect.objectContaining({ code: 'NOT_SERIALIZABLE', path }))
    expect(() => broker.queue().any.task('first', 2, argument)).toThrow(
      expect.objectContaining({ path: path.replace('[0]', '[2]') }),
    )
    expect(await stored(broker)).toBe(0)
  })

  it('is refused if it is larger than the limit, by its size, and nothing is stored', async () => {
    await using broker = testBroker({ maxPayloadBytes: 100 })
    const tooLarge = expect.objectContaining({
      code: 'PAYLOAD_TOO_LARGE',
      message: expect.stringMatching(/limit of 100/),
    })

    expect(() => broker.queue().any.task('x'.repeat(100))).toThrow(tooLarge)
    expect(() => broker.queue().any.task('€'.repeat(40))).toThrow(tooLarge)
    expect(() => broker.queue().any.task(new Uint8Array(101))).toThrow(tooLarge)
    expect(() => broker.queue().any.task(new Map([['a', 'x'.repeat(100)]]))).toThrow(tooLarge)

    expect(await stored(broker)).toBe(0)
  })

  it('does not keep the other calls of the tick from being stored', async () => {
    await using broker = testBroker()
    const q = broker.queue()

    const before = q.any.task(1)
    expect(() => q.any.task(() => 1)).toThrow()
    const after = q.any.task(2)
    await Promise.all([before.enqueued(), after.enqueued()])

    expect(await stored(broker)).toBe(2)
  })

  it('does not count as a look at the Deferreds beside it', async () => {
    const seen: unknown[] = []
    await using broker = testBroker({ onEnqueueError: (error) => seen.push(error) })
    const q = broker.queue()
    await q.any.task.with({ id: 'a' })(1).enqueued()

    const lost = q.any.task.with({ id: 'a' })(2)
    expect(() => q.any.task([lost, () => 1])).toThrow(expect.objectContaining({ path: 'arguments[0][1]' }))
    expect(() => q.any.task.with({ id: () => '' })([lost])).toThrow(expect.objectContaining({ field: 'id' }))
    await eventually(() => seen.length > 0)

    expect(seen).toEqual([expect.objectContaining({ code: 'DUPLICATE_TASK', id: 'a' })])
  })
})

describe('a duration that is none', () => {
  const garbage = [
    -1,
    -0.6,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    '',
    '5',
    '-5s',
    ' 5s',
    '5 s',
    '5S',
    '1h30m',
    '1e3s',
    '0x5s',
    'soon',
    null,
    {},
    [],
    true,
    5n,
    1e300,
    '99999999999d',
  ]

  it.each(garbage)('is refused by every option that takes one, which is named: %s', async (value) => {
    await using broker = testBroker()
    const bad = value as number
    const invalid = (field: string) => expect.objectContaining({ code: 'INVALID_ARGUMENT', field })
    const q = broker.queue().any.task
    const fn = () => 1

    expect(() => q.with({ delay: bad })).toThrow(invalid('delay'))
    expect(() => q.with({ timeout: bad })).toThrow(invalid('timeout'))
    expect(() => q.with({ resultTtl: bad })).toThrow(invalid('resultTtl'))
    expect(() => q.with({ backoff: { type: 'fixed', delay: bad } })).toThrow(invalid('backoff.delay'))
    expect(() => q.with({ backoff: { type: 'exponential', delay: 1, max: bad } })).toThrow(invalid('backoff.max'))
    expect(() => task({ timeout: bad }, fn)).toThrow(invalid('timeout'))
    expect(() => task({ delay: bad }, fn)).toThrow(invalid('delay'))
    expect(() => task({ resultTtl: bad }, fn)).toThrow(invalid('resultTtl'))
    expect(() => new AsyncPool(broker, { lease: bad })).toThrow(invalid('lease'))
    expect(() => new AsyncPool(broker, { grace: bad })).toThrow(invalid('grace'))
    expect(() => new AsyncPool(broker, { drainTimeout: bad })).toThrow(invalid('drainTimeout'))
    expect(() => testBroker({ enqueueTimeout: bad })).toThrow(invalid('enqueueTimeout'))
    expect(await rejection(new AsyncPool(broker).stop({ drainTimeout: bad }))).toEqual(invalid('drainTimeout'))
    const d = q(1)
    expect(await rejection(d.wait(bad))).toEqual(invalid('timeout'))
    expect(await rejection(d.result({ timeout: bad }))).toEqual(invalid('timeout'))
  })
})

describe('a number that is none', () => {
  it.each([-1, 0.5, Number.NaN, '5', null, {}, 2 ** 31, -(2 ** 31) - 1])('is refused by name: %s', async (value) => {
    await using broker = testBroker()
    const bad = value as number
    const q = broker.queue().any.task
    const invalid = (field: string) => expect.objectContaining({ code: 'INVALID_ARGUMENT', field })

    expect(() => q.with({ retries: bad })).toThrow(invalid('retries'))
    expect(() => q.with({ maxCrashes: bad })).toThrow(invalid('maxCrashes'))
    if (value !== -1) expect(() => q.with({ priority: bad })).toThrow(invalid('priority'))
    expect(() => new AsyncPool(broker, { concurrency: bad })).toThrow(invalid('concurrency'))
    expect(() => q.with({ backoff: { type: 'fixed', delay: 1, jitter: value === 0.5 ? 2 : bad } })).toThrow(
      invalid('backoff.jitter'),
    )
    if (value !== 2 ** 31) expect(() => q.with({ runAt: value === 0.5 ? -1 : bad })).toThrow(invalid('runAt'))
  })

  it('is a priority at the borders of 32 bits, which order as they should', async () => {
    const store = new ProgramStore()
    const broker = store.broker(new TaskSpace('t', { same: (value: number) => value }))
    const [most, least] = [2 ** 31 - 1, -(2 ** 31)]
    const order: number[] = []
    for (const priority of [0, least, 1, most, -1, -0]) {
      const job = broker.queue().t.same.with({ priority })(priority)
      void job.result().then((value: number) => order.push(value))
    }
    await new AsyncPool(broker, { concurrency: 1 }).start()

    await broker.queue().t.same.with({ priority: least })(-3).result()

    expect(order).toEqual([most, 1, 0, -0, -1, least])
  })
})

describe('a broker URL that cannot be', () => {
  it.each([
    ['foo://host', 'INVALID_BROKER_URL', /invalid broker URL: foo:\/\/host/],
    ['http://host', 'INVALID_BROKER_URL', /invalid broker URL/],
    ['', 'INVALID_BROKER_URL', /invalid broker URL/],
    ['memory', 'INVALID_BROKER_URL', /invalid broker URL: memory/],
    ['memory:a b', 'INVALID_BROKER_URL', /invalid broker URL/],
    ['redis://[', 'INVALID_BROKER_URL', /invalid broker URL/],
    [null, 'INVALID_BROKER_URL', /invalid broker URL/],
    [Symbol('s'), 'INVALID_BROKER_URL', /invalid broker URL/],
    [{ href: 'memory:' }, 'INVALID_BROKER_URL', /invalid broker URL/],
  ])('is refused by what is wrong: %s [WQ-01]', async (url, code, message) => {
    expect(await rejection(getBroker(url as string))).toMatchObject({ code, message: expect.stringMatching(message) })
  })
})
