import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { SuperjsonCodec } from '../../src/codec/superjson-codec.ts'
import { isTaskFailure, TaskExpired, TaskFailure } from '../../src/errors/task-failure.ts'
import { isSameValue } from './same-value.ts'

const codec = new SuperjsonCodec()
const trip = (value: unknown) => codec.decode(codec.encode(value))

describe('a value that JSON keeps', () => {
  const values: [string, unknown, string][] = [
    ['a number', 5, '5'],
    ['a negative number', -12, '-12'],
    ['a fraction', 1.5, '1.5'],
    ['a very large number', 1e21, '1e+21'],
    ['a plain string', 'abc', '"abc"'],
    ['a string with escapes', 'a"b\\c\n', '"a\\"b\\\\c\\n"'],
    ['a string with NUL', 'a\u0000b', '"a\\u0000b"'],
    ['a string with a lone surrogate', '\ud800', '"\\ud800"'],
    ['an emoji', '🦊', '"🦊"'],
    ['a boolean', true, 'true'],
    ['null', null, 'null'],
    ['an empty list', [], '[]'],
    ['an object', { a: [1, { b: 'c' }] }, '{"a":[1,{"b":"c"}]}'],
    [
      'a key named constructor',
      { constructor: 1, prototype: { toString: 2 } },
      '{"constructor":1,"prototype":{"toString":2}}',
    ],
    ['a key named __proto__', JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
  ]

  it.each(values)('travels as bare JSON: %s', (_, value, text) => {
    const payload = codec.encode(value)

    expect(payload).toBe(text)
    expect(codec.decode(payload)).toStrictEqual(value)
  })
})

describe('a value that JSON would change', () => {
  const values: [string, unknown][] = [
    ['undefined', undefined],
    ['undefined in an object', { a: undefined, b: 1 }],
    ['undefined in an array', [undefined, 1, undefined]],
    ['negative zero', -0],
    ['NaN and the infinities', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0]],
    ['a bigint', -123456789012345678901234567890n],
    ['a Date', new Date(1_700_000_000_123)],
    ['a Date far away', new Date(-8.64e15)],
    ['a URL', new URL('https://user@example.com:8080/a b?c=d#e')],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', 1],
        [{ b: 2 }, new Map([[1n, 'c']])],
      ]),
    ],
    ['a Set in order', new Set([3, 'b', 1, new Date(0), null, undefined, 2n])],
    ['keys with dots and backslashes', { 'a.b': { 'c\\': new Date(1) }, '': new Date(2), '\\.': 3n }],
    ['a key named constructor beside a Date', { constructor: new Date(3), prototype: [1n], a: { b: 1 } }],
    ['a key named __proto__ beside a Date', JSON.parse('{"__proto__":{"a":1}}', (k, v) => (k === 'a' ? 5n : v))],
    ['equal bigints in two places', [7n, 7n, { a: 7n }]],
    [
      'a Map with undefined and null keys',
      new Map<unknown, unknown>([
        [undefined, 1],
        [null, 2],
        [Number.NaN, 3],
      ]),
    ],
  ]

  it.each(values)('travels all the same: %s', (_, value) => {
    expect(trip(value)).toSatisfy((result) => isSameValue(result, value))
  })

  it('keeps the order of keys, of Map entries and of Set members', () => {
    const value = {
      z: new Date(0),
      a: new Map([
        ['y', 1n],
        ['b', 2n],
      ]),
      m: new Set(['q', 1n, 'c']),
    }

    const result = trip(value) as typeof value

    expect(Object.keys(result)).toEqual(['z', 'a', 'm'])
    expect([...result.a.keys()]).toEqual(['y', 'b'])
    expect([...result.m]).toEqual(['q', 1n, 'c'])
  })
})

describe('an error as a value', () => {
  it('keeps its class, message, stack, cause and own properties', () => {
    const error = Object.assign(new TypeError('bad', { cause: new RangeError('inner') }), {
      code: 'E_BAD',
      at: new Date(5),
    })

    const result = trip({ reason: error }) as { reason: typeof error }

    expect(result.reason).toStrictEqual(error)
    expect(result.reason).toBeInstanceOf(TypeError)
    expect(result.reason.stack).toBe(error.stack)
    expect(result.reason.cause).toBeInstanceOf(RangeError)
    expect(Object.keys(result.reason)).toEqual(['code', 'at'])
  })

  it('keeps a name of its own, and what an AggregateError gathers', () => {
    const error = Object.assign(new AggregateError([new Error('a'), 'b'], 'two'), { name: 'Both' })

    const result = trip(error) as AggregateError

    expect(result).toBeInstanceOf(AggregateError)
    expect(result.name).toBe('Both')
    expect(result.errors).toStrictEqual(error.errors)
  })

  it('has no message of its own if it had none', () => {
    const result = trip(new Error(undefined)) as Error

    expect(Object.getOwnPropertyNames(result)).toEqual(['stack'])
  })

  it('keeps properties whose names superjson would refuse', () => {
    const error = Object.assign(new Error('x'), { constructor: 'data', prototype: 1n })

    const result = trip(error) as typeof error

    expect(result.constructor).toBe('data')
    expect(result.prototype).toBe(1n)
  })
})

describe('a TaskFailure as a value', () => {
  const identity = {
    ...({ task: 'math.add', queue: 'default', id: 'j1', text: 'Error: no', kind: 'exception', group: 'g' } as const),
    ...{ stack: 'at x', details: { when: new Date(7), left: new Set([1n]) } },
  }

  it('keeps who failed, how, and the details', () => {
    const [result] = trip([new TaskFailure(identity)]) as [TaskFailure]

    expect(isTaskFailure(result)).toBe(true)
    expect(result).toMatchObject({ ...identity, stack: expect.any(String), taskStack: 'at x', code: 'TASK_FAILED' })
    expect(result.message).toBe('math.add [default:j1] Error: no')
  })

  it('keeps its class', () => {
    const result = trip(new TaskExpired({ ...identity, kind: 'expired' }))

    expect(result).toBeInstanceOf(TaskExpired)
    expect((result as TaskExpired).details).toStrictEqual(identity.details)
  })
})

describe('the shape of a value', () => {
  it('is a tree: an object in two places arrives as two equal ones', () => {
    const shared = { at: new Date(1) }

    const [first, second] = trip([shared, shared]) as [unknown, unknown]

    expect(first).toStrictEqual(shared)
    expect(second).toStrictEqual(shared)
    expect(first).not.toBe(second)
  })

  it('does not include the null prototype', () => {
    const bare = Object.assign(Object.create(null), { a: 1, b: 2n })

    expect(trip(bare)).toStrictEqual({ a: 1, b: 2n })
  })

  it('is the same for objects and arrays of another realm', () => {
    const foreign: unknown = runInNewContext('({ a: [1, { b: 2 }] })')

    expect(trip(foreign)).toStrictEqual({ a: [1, { b: 2 }] })
  })

  it('has the value of an accessor where the accessor was', () => {
    const value = {
      get total() {
        return 5
      },
    }

    expect(trip(value)).toStrictEqual({ total: 5 })
  })

  it('has nothing that is not enumerable', () => {
    const value = Object.defineProperty({ a: 1 }, 'hidden', { value: () => 1, enumerable: false })

    expect(trip(value)).toStrictEqual({ a: 1 })
  })
})

describe('keys that JSON would escape', () => {
  const keys = ['"', '\\', '\n', '\\n', 'a"', '\ud800', '\u0001', 'é', 'a.b']

  it('are never the names of JSON properties, which V8 mixes up', () => {
    expect(codec.encode({ '\n': 1 })).toBe('s{"json":[["\\n",1]],"values":[["custom","record"]]}')
    expect(codec.encode({ 'a.b': new Date(0) })).toBe(
      's{"json":[["a.b","1970-01-01T00:00:00.000Z"]],"values":[["custom","record"],{"0.1":["Date"]}]}',
    )
    expect(codec.encode({ é: 1, 'a.b': 'a\nb' })).toBe('{"é":1,"a.b":"a\\nb"}')
  })

  it.each(keys)('come back after one another, and after %j', (first) => {
    for (const second of keys.filter((key) => key !== first)) {
      const before = { start: 1, [first]: 2, at: new Date(1) }
      const after = { start: 1, [second]: 2, [first]: 3, at: new Date(1), list: [{ [second]: new Date(2) }] }

      expect(trip([before, after])).toStrictEqual([before, after])
      expect(trip({ start: 1, [second]: 'line\n' })).toStrictEqual({ start: 1, [second]: 'line\n' })
    }
  })
})

describe('user data that looks like the codec’s own marks', () => {
  const lookalikes: [string, unknown][] = [
    ['an envelope', { json: [{}], values: { '0': ['Date'] }, holes: [[[0]]], chunks: [5] }],
    ['an envelope beside a Date', [{ json: {}, values: ['Date'], holes: [[[0]]] }, new Date(1)]],
    ['superjson’s meta', { json: { a: '1' }, meta: { values: { a: ['bigint'] }, v: 1 } }],
    ['a Deferred in JSON', { deferred: 'id', task: 'a', queue: 'b' }],
    ['an empty object', [{}, new Date(1)]],
    ['text that begins like an envelope', 's{"json":1}'],
    ['the mark of undefined', 'u'],
    ['a binary', [['Uint8Array', 'AQI='], 1n]],
  ]

  it.each(lookalikes)('stays data: %s', (_, value) => {
    expect(trip(value)).toStrictEqual(value)
    expect(codec.decodeArguments(codec.encodeArguments([value]).payload, [])).toStrictEqual([value])
  })
})

describe('encoding', () => {
  it('takes a snapshot', () => {
    const value = { list: [1], at: new Date(1), bytes: new Uint8Array([1]) }

    const payload = codec.encode(value)
    value.list.push(2)
    value.at.setTime(9)
    value.bytes[0] = 9

    expect(codec.decode(payload)).toStrictEqual({ list: [1], at: new Date(1), bytes: new Uint8Array([1]) })
  })

  it('reads each part once when a value needs more than JSON', () => {
    let reads = 0
    const value = new Map([
      [
        'a',
        {
          get next() {
            return ++reads
          },
        },
      ],
    ])

    codec.encode(value)

    expect(reads).toBe(1)
  })

  it('encodes deep values up to the limit', () => {
    const limited = new SuperjsonCodec({ maxDepth: 1000 })
    let plain: unknown = 1
    let tagged: unknown = 1n
    for (let level = 0; level < 1000; level += 1) plain = [plain]
    for (let level = 0; level < 500; level += 1) tagged = new Map([['k', tagged]])

    expect(limited.decode(limited.encode(plain))).toStrictEqual(plain)
    expect(limited.encode(limited.decode(limited.encode(tagged)))).toBe(limited.encode(tagged))
  })
})
