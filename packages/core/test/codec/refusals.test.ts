import { describe, expect, it } from 'vitest'
import { SuperjsonCodec } from '../../src/codec/superjson-codec.ts'
import { InvalidArgument, NotSerializable, PayloadTooLarge } from '../../src/errors/usage-errors.ts'
import { FakeDeferred } from './fake-deferred.ts'

const codec = new SuperjsonCodec()

function refusal(run: () => unknown): NotSerializable {
  try {
    run()
  } catch (error) {
    if (error instanceof NotSerializable) return error
    throw error
  }
  throw new Error('nothing was refused')
}

class Account {
  readonly balance = 5
}

function cyclic(): unknown {
  const value: { list: unknown[] } = { list: [1] }
  value.list.push({ back: value })
  return value
}

const hole: unknown[] = [1]
hole.length = 3

describe('what does not survive the trip is refused at enqueue, by its path', () => {
  const cases: [string, unknown, string, RegExp][] = [
    ['a function', { user: { avatar: () => 1 } }, 'arguments[0].user.avatar', /a function/],
    ['a method called toJSON', { toJSON: () => 1 }, 'arguments[0].toJSON', /a function/],
    ['a symbol', [Symbol('x')], 'arguments[0][0]', /a symbol/],
    ['a class instance', { 'my account': new Account() }, 'arguments[0]["my account"]', /class Account .*plain object/],
    ['an instance of a nameless class', [new (class {})()], 'arguments[0][0]', /class without a name/],
    [
      'an error of a class of its own',
      [new (class HttpError extends Error {})()],
      'arguments[0][0]',
      /class HttpError/,
    ],
    ['a subclass of Map', { m: new (class Index extends Map {})() }, 'arguments[0].m', /class Index/],
    ['a subclass of Array', new (class List extends Array {})(), 'arguments[0]', /class List/],
    ['a Map with a property of its own', Object.assign(new Map(), { a: 1 }), 'arguments[0]', /class Map/],
    ['a boxed string', { s: Object('x') }, 'arguments[0].s', /class String/],
    ['an object with a prototype of its own', Object.create({ a: 1 }), 'arguments[0]', /class Object/],
    ['a promise', [Promise.resolve(1)], 'arguments[0][0]', /await it/],
    ['a RegExp', { r: /x/ }, 'arguments[0].r', /source and flags/],
    ['an invalid Date', new Map([['when', new Date(Number.NaN)]]), 'arguments[0].get("when")', /invalid Date/],
    ['an array with holes', { a: hole }, 'arguments[0].a', /holes/],
    ['an array with a named property', 'ab'.match(/b/), 'arguments[0]', /named property/],
    ['an object with a symbol as key', { o: { [Symbol('k')]: 1 } }, 'arguments[0].o', /symbol as key/],
    ['a cycle', cyclic(), 'arguments[0].list[1].back', /contains itself/],
    ['a bigint without measure', 1n << 20_000n, 'arguments[0]', /16384 bits/],
    ['a DataView', new DataView(new ArrayBuffer(1)), 'arguments[0]', /DataView/],
    ['a WeakMap', new WeakMap(), 'arguments[0]', /class WeakMap/],
    ['a key of a Map', new Map([[() => 1, 1]]), 'arguments[0].keys()[0]', /a function/],
    ['a value under an object as key', new Map([[{}, () => 1]]), 'arguments[0].values()[0]', /a function/],
    ['a member of a Set', new Set([1, () => 1]), 'arguments[0].values()[1]', /a function/],
    ['a part of an error', new Error('x', { cause: { fix: () => 1 } }), 'arguments[0].cause.fix', /a function/],
    [
      'a part of an object with an odd key',
      { constructor: { a: () => 1 }, b: 1n },
      'arguments[0].constructor.a',
      /a function/,
    ],
  ]

  it.each(cases)('%s', (_, value, path, reason) => {
    const error = refusal(() => codec.encodeArguments([value]))

    expect(error.path).toBe(path)
    expect(error.code).toBe('NOT_SERIALIZABLE')
    expect(error.message).toMatch(reason)
    expect(error.message.startsWith(`${path} cannot be serialized: `)).toBe(true)
  })

  it('an accessor that throws, with its error as the cause', () => {
    const cause = new Error('not now')
    const value = {
      get user(): never {
        throw cause
      },
    }

    const error = refusal(() => codec.encode({ a: [value] }, 'result'))

    expect(error.path).toBe('result.a[0].user')
    expect(error.message).toContain('not now')
    expect(error.cause).toBe(cause)
  })

  it.each([
    ['a revoked proxy', revoked(), 'reading it threw object'],
    [
      'an error whose name is no text',
      Object.assign(new Error('no'), { name: Symbol('odd') }),
      'reading it threw object',
    ],
    ['an error whose name throws', nameless(), 'reading it threw object'],
    ['undefined', undefined, 'reading it threw undefined'],
  ])('an accessor that throws %s', (_, thrown, reason) => {
    const value = {
      get user(): never {
        throw thrown
      },
    }

    const error = refusal(() => codec.encodeArguments([value]))

    expect(error.path).toBe('arguments[0].user')
    expect(error.message).toContain(reason)
  })

  it('a proxy that throws', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()

    expect(refusal(() => codec.encode({ proxy }, 'result')).path).toBe('result.proxy')
  })

  it('a Deferred in a result, with what to do instead', () => {
    const error = refusal(() => codec.encode({ parts: [new FakeDeferred('j1')] }, 'result'))

    expect(error.path).toBe('result.parts[0]')
    expect(error.message).toContain('return one Deferred: call a task that gathers them')
  })

  it('what only claims to be a failure', () => {
    const forged = { [Symbol.for('taskspace/task-failure')]: true, task: 5 }
    Object.setPrototypeOf(forged, Account.prototype)

    expect(refusal(() => codec.encode([forged])).path).toBe('value[0]')
  })
})

describe('limits', () => {
  it('refuses what is nested deeper than the limit, plain or not', () => {
    const limited = new SuperjsonCodec({ maxDepth: 3 })

    expect(limited.encode([[[1]]])).toBe('[[[1]]]')
    expect(refusal(() => limited.encode([[[[1]]]])).path).toBe('value[0][0][0]')
    expect(limited.decode(limited.encode([[new Map([['k', 1]])]]))).toStrictEqual([[new Map([['k', 1]])]])
    expect(refusal(() => limited.encode([[new Map([['k', []]])]])).message).toContain('more than 3 levels')
  })

  it('refuses 5,000 levels by a short path', () => {
    let value: unknown = []
    for (let level = 0; level < 5000; level += 1) value = [value]

    const error = refusal(() => codec.encode(value))

    expect(error.message).toContain('more than 500 levels')
    expect(error.message.length).toBeLessThan(500)
  })

  it('refuses a payload over the limit, naming its size and the limit', () => {
    const limited = new SuperjsonCodec({ maxPayloadBytes: 10 })

    expect(limited.encode('12345678')).toBe('"12345678"')
    expect(() => limited.encode('123456789', 'result')).toThrow(
      new PayloadTooLarge('result takes 11 bytes, more than the limit of 10'),
    )
  })

  it('counts bytes, not characters', () => {
    const limited = new SuperjsonCodec({ maxPayloadBytes: 10 })

    expect(limited.encode('ééé')).toBe('"ééé"')
    expect(() => limited.encode('ééééé')).toThrow('value takes 12 bytes')
  })

  it('refuses binary data over the limit', () => {
    const limited = new SuperjsonCodec({ maxPayloadBytes: 20_000 })

    expect(() => limited.encodeArguments([new Uint8Array(20_001)])).toThrow(PayloadTooLarge)
    expect(() => limited.encodeArguments([new Uint8Array(19_990)])).toThrow(/arguments takes 20\d\d\d bytes/)
  })

  it('refuses a value that repeats its parts exponentially without building its text', () => {
    let value: unknown = 'leaf'
    for (let level = 0; level < 200; level += 1) value = [value, value]
    const limited = new SuperjsonCodec({ maxPayloadBytes: 100_000 })

    expect(() => limited.encode(value)).toThrow('value takes more than the limit of 100000 bytes')
  })

  it('refuses many values so deep inside Maps that reading them would cost out of proportion', () => {
    let value: unknown = new Set(Array.from({ length: 3000 }, (_, index) => new Date(index)))
    for (let level = 0; level < 240; level += 1) value = new Map([['k', value]])

    expect(refusal(() => codec.encode(value)).message).toContain('too deep inside Maps')
  })

  it('refuses limits that are none', () => {
    for (const limits of [
      { maxDepth: 0 },
      { maxDepth: 1001 },
      { maxPayloadBytes: 1.5 },
      { maxPayloadBytes: Number.NaN },
    ]) {
      expect(() => new SuperjsonCodec(limits)).toThrow(InvalidArgument)
    }
  })
})

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function nameless(): Error {
  return Object.defineProperty(new Error('no'), 'name', {
    get: () => {
      throw new Error('no name')
    },
  })
}
