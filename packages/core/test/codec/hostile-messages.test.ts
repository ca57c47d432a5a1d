import { describe, expect, it } from 'vitest'
import { SuperjsonCodec } from '../../src/codec/superjson-codec.ts'
import { MalformedPayload } from '../../src/errors/usage-errors.ts'

const codec = new SuperjsonCodec()

function envelope(parts: Record<string, unknown>): string {
  return `s${JSON.stringify(parts)}`
}

/** A message whose data is `json` and whose annotations are `values`. */
function annotated(json: unknown, values: unknown): string {
  return envelope({ json, values })
}

function malformed(decode: () => unknown): MalformedPayload {
  try {
    decode()
  } catch (error) {
    if (error instanceof MalformedPayload) return error
    throw error
  }
  throw new Error('it was decoded')
}

function expectRefused(payload: string | Uint8Array, reason: RegExp, values: readonly unknown[] = []): void {
  const error = malformed(() => codec.decodeArguments(payload, values))

  expect(error.code).toBe('MALFORMED_PAYLOAD')
  expect(error.message).toMatch(reason)
  expect(error.message.length).toBeLessThan(150)
  if (values.length === 0) expect(malformed(() => codec.decode(payload)).message).toMatch(reason)
}

const far = 4_294_967_290
const errorIn = (fields: object) => annotated({ hidden: {}, visible: {}, ...fields }, [['custom', 'Error']])
const failureIn = (fields: object) => annotated(fields, [['custom', 'TaskFailure']])
const binaryIn = (...content: unknown[]) => annotated(content, [['custom', 'binary']])

describe('a message that would cost more than its size [G25]', () => {
  const cases: [string, string, RegExp][] = [
    ['a typed array of a billion elements', annotated(1e9, [['typed-array', 'Float64Array']]), /unknown type/],
    ['a typed array as numbers', annotated([[1, 2]], { 0: [['typed-array', 'Uint8Array']] }), /unknown type/],
    ['shared references', envelope({ json: [1], meta: { referentialEqualities: { 0: [`${far}`] } } }), /unknown field/],
    ['a bigint of a million digits', annotated('7'.repeat(1e6), ['bigint']), /"bigint" on data that is none/],
    ['an array index far away', annotated([1], { [far]: ['undefined'] }), /leads nowhere/],
    ['the length of an array', annotated([1], { length: ['undefined'] }), /leads nowhere/],
    ['an index in a second spelling', annotated([null], { '00': ['undefined'] }), /leads nowhere/],
    [
      'one place from two sides',
      annotated({ a: { b: [] } }, { 'a.b': ['set'], a: [['custom', 'Error']] }),
      /one place twice/,
    ],
    ['a part of what is annotated', annotated([[null]], { 0: ['set'], '0.0': ['undefined'] }), /part of what is/],
    [
      'annotations below the data',
      annotated([1], ['set', { 0: ['set', { 0: ['set'] }] }]),
      /"set" on data that is none/,
    ],
    ['a date that is none', annotated('2024-99-99T00:00:00.000Z', ['Date']), /"Date" on data that is none/],
    ['a date in free text', annotated('tomorrow', ['Date']), /"Date" on data that is none/],
  ]

  it.each(cases)('is refused: %s', (_, payload, reason) => {
    expectRefused(payload, reason)
  })

  it('is refused when one chunk of bytes is asked for twice', () => {
    const frame = codec.encode([new Uint8Array(20_000), new Uint8Array(5)]) as Uint8Array
    const text = Buffer.from(frame).toString('latin1')

    expectRefused(Buffer.from(text.replace('["Uint8Array",1]', '["Uint8Array",0]'), 'latin1'), /without its bytes/)
  })

  it('is refused when it is larger than the limit', () => {
    const limited = new SuperjsonCodec({ maxPayloadBytes: 1000 })

    for (const payload of [
      JSON.stringify('x'.repeat(999)),
      envelope({ json: 'x'.repeat(1000) }),
      new Uint8Array(1001),
    ]) {
      expect(malformed(() => limited.decode(payload)).message).toContain('larger than 1000 bytes')
    }
  })

  it('is refused when it is nested without end, plain or not', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)

    expectRefused(deep, /nested too deep/)
    expectRefused(`s{"json":${deep}}`, /nested too deep/)
    expectRefused(`s{"json":1,"values":${deep}}`, /no name/)
    expectRefused(`s{"json":1,"values":[${deep}]}`, /no name/)
    expectRefused(`s{"json":1,"holes":${deep}}`, /list of holes/)
  })

  it('is refused when its annotations share a path too long to follow that often', () => {
    const members = 8000
    let json: unknown = Array.from({ length: members }, () => null)
    let parts: unknown[] = [
      'set',
      Object.fromEntries(Array.from({ length: members }, (_, index) => [index, ['undefined']])),
    ]
    for (let level = 0; level < 240; level += 1) {
      json = [[0, json]]
      parts = ['map', { '0.1': parts }]
    }

    expectRefused(annotated(json, parts), /more annotations than its size allows/)
  })
})

describe('a message that would run code or reach a prototype [G25]', () => {
  const cases: [string, string, RegExp][] = [
    [
      'a callable then',
      envelope({ json: {}, meta: { referentialEqualities: { valueOf: ['then'] } } }),
      /unknown field/,
    ],
    ['an inherited member copied', envelope({ json: {}, referentialEqualities: { toString: ['a'] } }), /unknown field/],
    ['an inherited member annotated', annotated({}, { toString: ['undefined'] }), /leads nowhere/],
    ['a path over a prototype', annotated({ a: 1 }, { 'constructor.prototype.a': ['undefined'] }), /leads nowhere/],
    ['a path over __proto__', annotated({}, { '__proto__.a': ['undefined'] }), /leads nowhere/],
    [
      'an own __proto__ on a path',
      's{"json":{"__proto__":{"a":null}},"values":{"__proto__.a":["undefined"]}}',
      /decoded/,
    ],
    ['a foreign pattern', annotated('/(a+)+$/', ['regexp']), /unknown type "regexp"/],
    ['an instance of a class', annotated({}, [['class', 'Account']]), /unknown type/],
    ['a symbol', annotated('x', [['symbol', 'x']]), /unknown type/],
    ['superjson’s own Error', annotated({ name: 'E', message: 'm' }, ['Error']), /unknown type "Error"/],
    ['a type from Object.prototype', annotated('x', ['toString']), /unknown type "toString"/],
    ['a custom type from Object.prototype', annotated('x', [['custom', 'constructor']]), /unknown type/],
    ['a binary kind that is no kind', binaryIn('constructor', 'AQI='), /binary in the payload is incomplete/],
    ['an error class that is none', errorIn({ class: 'Function' }), /Error in the payload is incomplete/],
    ['an error without properties', errorIn({ class: 'Error', hidden: 1 }), /Error in the payload is incomplete/],
    ['a failure without fields', failureIn({}), /TaskFailure in the payload is incomplete/],
    [
      'a failure kind that is none',
      failureIn({ kind: 'toString', code: '', task: '', queue: '', id: '', text: '', group: '' }),
      /TaskFailure in the payload is incomplete/,
    ],
    ['a record without keys', annotated([[1, 2]], [['custom', 'record']]), /record in the payload is incomplete/],
  ]

  it.each(cases)('is refused: %s', (_, payload, reason) => {
    expectRefused(payload, reason)

    expect(({} as Record<string, unknown>).a).toBeUndefined()
  })

  it('gives keys named __proto__ and constructor as data only', () => {
    const entries = [
      ['__proto__', { polluted: true }],
      ['constructor', 1],
    ]

    const result = codec.decode(annotated(entries, [['custom', 'record']])) as Record<string, unknown>

    expect(Object.getPrototypeOf(result)).toBe(Object.prototype)
    expect(Object.keys(result)).toEqual(['__proto__', 'constructor'])
    expect(result.polluted).toBeUndefined()
  })

  it('cannot give an error a method or another prototype', () => {
    const json = { class: 'Error', hidden: [['__proto__', {}]], visible: { toString: 'x', valueOf: 'y' } }
    const payload = annotated(json, [['custom', 'Error'], { hidden: [['custom', 'record']] }])

    const result = codec.decode(payload) as Error

    expect(Object.getPrototypeOf(result)).toBe(Error.prototype)
    expect([typeof result.toString, typeof result.valueOf]).toEqual(['string', 'string'])
  })
})

describe('a message that is not well formed', () => {
  const cases: [string, string, RegExp][] = [
    ['empty text', '', /well-formed JSON/],
    ['text that is no JSON', 'hello', /well-formed JSON/],
    ['JSON that ends early', '{"a":', /well-formed JSON/],
    ['an envelope that is no JSON', 's', /well-formed JSON/],
    ['an envelope that is no object', 's[]', /has no data/],
    ['an envelope that is null', 'snull', /has no data/],
    ['an envelope without data', envelope({ values: ['Date'] }), /has no data/],
    ['an envelope with a field too many', envelope({ json: 1, more: 2 }), /unknown field/],
    ['chunks without bytes', envelope({ json: [], chunks: [1] }), /lacks its chunks/],
    ['chunks of the wrong form', envelope({ json: [], chunks: [-1] }), /no list of chunks/],
    ['a chunk without a frame', binaryIn('Uint8Array', 0), /without its bytes/],
    ['base64 that is none', binaryIn('Uint8Array', '****'), /without its bytes/],
    ['bytes for half an element', binaryIn('Float64Array', 'AQI='), /cannot be decoded/],
    ['binary of the wrong form', binaryIn('Uint8Array'), /on data that is none/],
    ['parts of a leaf', annotated(null, ['undefined', { a: ['undefined'] }]), /which has none/],
    ['parts that are a list', annotated([1], ['set', ['set']]), /wrong form/],
    ['parts that are null', annotated([1], ['set', null]), /wrong form/],
    ['annotations that are text', annotated([1], 'set'), /wrong form/],
    ['an annotation without a type', annotated([1], { 0: [] }), /wrong form/],
    ['an annotation with too much', annotated([], ['set', {}, 1]), /wrong form/],
    ['a tree that superjson does not write', annotated({ a: { b: null } }, { a: { b: ['undefined'] } }), /wrong form/],
    ['a type that is a number', annotated(1, [5]), /unknown type that is no name/],
    ['a Set of no list', annotated({ length: 5 }, ['set']), /on data that is none/],
    ['a Map of no pairs', annotated([[1, 2], [3]], ['map']), /on data that is none/],
    ['undefined of something', annotated(1, ['undefined']), /on data that is none/],
    ['a number in words', annotated('twelve', ['number']), /on data that is none/],
    ['a bigint with an exponent', annotated('1e3', ['bigint']), /on data that is none/],
    ['a URL that is none', annotated('nowhere', ['URL']), /on data that is none/],
    ['a path with a wrong escape', annotated({ 'a\\b': null }, { 'a\\b': ['undefined'] }), /wrong escape/],
    ['a path that ends in an escape', annotated({ a: null }, { 'a\\': ['undefined'] }), /wrong escape/],
    ['a path into a string', annotated({ a: 'xyz' }, { 'a.0': ['undefined'] }), /leads nowhere/],
  ]

  it.each(cases)('is refused with a short reason: %s', (_, payload, reason) => {
    expectRefused(payload, reason)
  })

  const withHoles: [string, Record<string, unknown>, RegExp][] = [
    ['holes of the wrong form', { json: [{}], holes: { 0: [[0]] } }, /no list of holes/],
    ['a hole without a place', { json: [{}], holes: [[]] }, /no list of holes/],
    ['a hole at the root', { json: {}, holes: [[[]]] }, /no list of holes/],
    ['a path that is no list', { json: [{}], holes: [['0']] }, /no list of holes/],
    ['a path with an object', { json: [{}], holes: [[[{}]]] }, /no list of holes/],
    ['a hole that is not empty', { json: [{ a: 1 }], holes: [[[0]]] }, /is not empty/],
    ['a hole that is a list', { json: [[]], holes: [[[0]]] }, /is not empty/],
    ['a hole twice', { json: [{}], holes: [[[0], [0]]] }, /one place twice/],
    ['a hole that is annotated', { json: [{}], values: { 0: [['custom', 'Error']] }, holes: [[[0]]] }, /place twice/],
    [
      'an annotation inside a hole',
      { json: [{}], values: { '0.a': ['undefined'] }, holes: [[[0]]] },
      /part of what is/,
    ],
    ['a hole inside a hole', { json: [{}], holes: [[[0], [0, 'a']]] }, /part of what is/],
    ['a hole at half an index', { json: [{}], holes: [[[0.5]]] }, /leads nowhere/],
    ['a hole beyond the end', { json: [{}], holes: [[[far]]] }, /leads nowhere/],
    ['a hole in a prototype', { json: [{}], holes: [[[0, '__proto__']]] }, /leads nowhere/],
    ['a hole in what is inherited', { json: [{}], holes: [[[0, 'toString']]] }, /leads nowhere/],
  ]

  it.each(withHoles)('is refused with a short reason: %s', (_, parts, reason) => {
    expectRefused(envelope(parts), reason, ['value'])
  })

  it('is not quoted at length', () => {
    const secret = 'secret'.repeat(1000)
    const payloads = [secret, `["${secret}`, annotated(1, [secret]), annotated(1, [['custom', secret]])]

    for (const payload of payloads) {
      const { message, cause } = malformed(() => codec.decode(payload))
      expect(`${message} ${cause instanceof Error ? cause.message : ''}`.length).toBeLessThan(300)
    }
  })

  it('is no list of arguments', () => {
    for (const payload of ['{}', '5', '"[]"', annotated([1], ['set']), envelope({ json: {} })]) {
      expect(malformed(() => codec.decodeArguments(payload, [])).message).toContain('no list of arguments')
    }
    expect(malformed(() => codec.decodeArguments('u', [])).message).toContain('well-formed JSON')
  })
})
