import { describe, expect, it } from 'vitest'
import { SuperjsonCodec } from '../../src/codec/superjson-codec.ts'
import { MalformedPayload } from '../../src/errors/usage-errors.ts'
import { FakeDeferred } from './fake-deferred.ts'

const codec = new SuperjsonCodec()
const [a, b] = [new FakeDeferred('a'), new FakeDeferred('b')]

function trip(args: readonly unknown[], values: readonly unknown[] = []): unknown[] {
  return codec.decodeArguments(codec.encodeArguments(args).payload, values)
}

describe('the count of holes', () => {
  it.each([
    ['plain arguments', [1, { a: 'b' }], 0],
    ['arguments that need more than JSON', [new Date(1), undefined, 2], 0],
    ['one Deferred in two places', [a, [a]], 1],
    ['two Deferreds, deep', [[a], { deep: new Map([['x', b]]) }], 2],
    ['a Deferred beside many bytes', [a, new Uint8Array(20_000)], 1],
  ])('tells for %s', (_, args, holes) => {
    expect(codec.countHoles(codec.encodeArguments(args).payload)).toBe(holes)
  })

  it.each(['s{', 's[]', new Uint8Array([1, 2, 3])])('refuses what is no payload: %j', (payload) => {
    expect(() => codec.countHoles(payload)).toThrow(MalformedPayload)
  })
})

describe('arguments', () => {
  const lists: [string, unknown[]][] = [
    ['none', []],
    ['one number', [1]],
    ['one string', ['abc']],
    ['two primitives', ['abc', -5]],
    ['five primitives', [1, 'b', true, null, 2.5]],
    ['odd numbers', [-0, Number.NaN, 1e300]],
    ['an object', [{ user: { name: 'Ada' } }, [1]]],
    ['undefined before the end', [undefined, 1]],
    ['undefined inside', [{ limit: undefined }, [undefined]]],
    ['a Date', [new Date(1), 'x']],
  ]

  it.each(lists)('arrive as they were: %s', (_, args) => {
    expect(codec.encodeArguments(args).deferreds).toEqual([])
    expect(trip(args)).toStrictEqual(args)
  })

  it('arrive without the undefined ones at the end, so that defaults apply', () => {
    expect(codec.encodeArguments([1, undefined, undefined]).payload).toBe('[1]')
    expect(trip([undefined])).toStrictEqual([])
    expect(trip([new Date(1), { a: 1 }, undefined])).toStrictEqual([new Date(1), { a: 1 }])
    expect(trip([{ a: 1 }, undefined])).toStrictEqual([{ a: 1 }])
  })

  it('are a new list each time', () => {
    const { payload } = codec.encodeArguments(['a'])

    expect(codec.decodeArguments(payload, [])).not.toBe(codec.decodeArguments(payload, []))
  })
})

describe('a Deferred among the arguments', () => {
  const values = [{ deep: new Map([[1n, 'x']]) }, 'second']

  const cases: [string, unknown[], unknown[]][] = [
    ['bare', [a], [values[0]]],
    ['in an array', [[1, a, b]], [[1, ...values]]],
    ['in an object', [{ x: { y: a } }, b], [{ x: { y: values[0] } }, values[1]]],
    ['under odd keys', [{ 'a.b': a, __proto__x: b }], [{ 'a.b': values[0], __proto__x: values[1] }]],
    ['as a value of a Map', [new Map([['k', [a]]])], [new Map([['k', [values[0]]]])]],
    ['as a key of a Map', [new Map([[a, b]])], [new Map([[values[0], values[1]]])]],
    ['as a member of a Set', [new Set([a, 'c', b])], [new Set([values[0], 'c', values[1]])]],
    ['beside tagged values', [[new Date(1), a, 2n], b], [[new Date(1), values[0], 2n], values[1]]],
    [
      'deep inside',
      [[new Map([[new Set([[a]]), new Map([['z', { b }]])]])]],
      [[new Map([[new Set([[values[0]]]), new Map([['z', { b: values[1] }]])]])]],
    ],
    ['in the cause of an error', [new Error('x', { cause: a })], [new Error('x', { cause: values[0] })]],
  ]

  it.each(cases)('gives its place to its value: %s', (_, args, expected) => {
    const { payload, deferreds } = codec.encodeArguments(args)

    expect(deferreds[0]).toBe(a)
    expect(codec.decodeArguments(payload, values.slice(0, deferreds.length))).toStrictEqual(expected)
  })

  it('under a key named constructor', () => {
    const [result] = trip([{ constructor: a, b: 1 }], [5]) as [{ constructor: unknown }]

    expect(result.constructor).toBe(5)
  })

  it('counts once, however often it stands there, and gives one value to all its places', () => {
    const { payload, deferreds } = codec.encodeArguments([b, [a, b], new Map([[b, a]])])

    expect(deferreds).toEqual([b, a])
    const value = { of: 'b' }
    const [first, [second, third], map] = codec.decodeArguments(payload, [value, 1]) as [
      unknown,
      [unknown, unknown],
      Map<unknown, unknown>,
    ]
    expect([second, map.get(value)]).toEqual([1, 1])
    expect(first).toBe(value)
    expect(third).toBe(value)
  })

  it('lets keys that turn out equal collapse, the last value winning', () => {
    const map = new Map<unknown, unknown>([
      [a, 1],
      [b, 2],
      ['k', 3],
    ])

    expect(trip([map, new Set([a, b, 'k'])], ['k', 'k'])).toStrictEqual([new Map([['k', 3]]), new Set(['k'])])
  })

  it('leaves the values of others alone, whatever they look like', () => {
    const lookalike = { json: [{}], values: { 0: ['Date'] }, holes: [[[0]]] }

    expect(trip([[{}, a]], [lookalike])).toStrictEqual([[{}, lookalike]])
  })

  it('travels beside the data, by place', () => {
    const { payload } = codec.encodeArguments([{ of: a }, 'x'])

    expect(payload).toBe('s{"json":[{"of":{}},"x"],"holes":[[[0,"of"]]]}')
  })

  it('needs exactly as many values as there are Deferreds', () => {
    const { payload } = codec.encodeArguments([a, b])

    expect(() => codec.decodeArguments(payload, [1])).toThrow(MalformedPayload)
    expect(() => codec.decodeArguments(payload, [1, 2, 3])).toThrow('waits for the values of 2 Deferreds, 3 were given')
    expect(() => codec.decodeArguments('[1]', [1])).toThrow('waits for the values of 0 Deferreds, 1 were given')
    expect(() => codec.decode(payload)).toThrow(MalformedPayload)
  })

  it('keeps undefined as a value', () => {
    expect(trip([a, 1], [undefined])).toStrictEqual([undefined, 1])
  })
})
