import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SuperjsonCodec } from '../../src/codec/superjson-codec.ts'
import { MalformedPayload, NotSerializable } from '../../src/errors/usage-errors.ts'
import { FakeDeferred } from './fake-deferred.ts'
import { isSameValue } from './same-value.ts'

const codec = new SuperjsonCodec()

const key = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'then',
    'toString',
    'json',
    'values',
    'a.b',
    '\\',
    '',
    '0',
    '10',
  ),
)

const leaf = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
  },
  fc.oneof(
    fc.bigInt(),
    fc.date({ noInvalidDate: true }),
    fc.constant(undefined),
    fc.webUrl().map((text) => new URL(text)),
  ),
  fc.oneof(
    fc.uint8Array(),
    fc.float64Array(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.bigInt64Array(),
  ),
)

/** Everything that is promised to travel. */
const { value: carried } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 4 }).map((members) => new Set(members)),
    fc.tuple(fc.string(), tie('value')).map(([text, cause]) => new RangeError(text, { cause })),
  ),
}))

/** Whatever fast-check can think of, much of which cannot travel. */
const anything = fc.anything({
  ...{ key, withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withSet: true },
  ...{ withSparseArray: true, withTypedArray: true, withUnboxedSymbol: true, maxDepth: 4 },
} as fc.ObjectConstraints)

describe('the law of the codec [G25]', () => {
  it('gives back what it takes, for all that is promised to travel', () => {
    fc.assert(
      fc.property(carried, (value) => {
        expect(codec.decode(codec.encode(value))).toSatisfy((result) => isSameValue(result, value))
      }),
      { numRuns: 1000 },
    )
  })

  it('gives back what it takes, or refuses it by its path, for anything else', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const decoded = decodedUnlessRefused(value)
        if ('result' in decoded) expect(isSameValue(decoded.result, value)).toBe(true)
        else expect(decoded.path).toMatch(/^value/)
      }),
      { numRuns: 1000 },
    )
  })

  it('gives the same text for a copy as for the original', () => {
    fc.assert(
      fc.property(carried, (value) => {
        expect(codec.encode(codec.decode(codec.encode(value)))).toEqual(codec.encode(value))
      }),
    )
  })

  it('gives back arguments with the values of their Deferreds, at any depth', () => {
    fc.assert(
      fc.property(argumentsWithDeferreds, carried, carried, ({ args, expected }, first, second) => {
        const { payload, deferreds } = codec.encodeArguments(args)
        const byId: Readonly<Record<string, unknown>> = { first, second }

        const decoded = codec.decodeArguments(
          payload,
          deferreds.map(({ id }) => byId[id]),
        )

        expect(decoded).toSatisfy((result) => isSameValue(result, expected(byId)))
      }),
      { numRuns: 500 },
    )
  })
})

describe('hostile messages [G25]', () => {
  const annotation = fc.oneof(
    fc.constantFrom('undefined', 'bigint', 'Date', 'number', 'URL', 'set', 'map', 'regexp', 'Error'),
    fc.constantFrom('record', 'binary', 'Error', 'TaskFailure', 'x').map((tag) => ['custom', tag]),
    fc.constantFrom(['typed-array', 'Uint8Array'], ['class', 'X'], ['symbol', 'x']),
  )
  const path = fc
    .array(fc.oneof(key, fc.nat(3).map(String)), { minLength: 1, maxLength: 3 })
    .map((keys) => keys.join('.'))
  const { tree } = fc.letrec<{ tree: unknown; parts: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.tuple(annotation),
      fc.tuple(annotation, tie('parts')),
      tie('parts'),
      fc.jsonValue(),
    ),
    parts: fc.dictionary(path, tie('tree'), { maxKeys: 3 }),
  }))
  const jsonLike = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(
      [
        [1, 2],
        ['a', []],
      ],
      '5',
      { class: 'Error', hidden: {}, visible: {} },
    ),
  )
  const envelope = fc
    .record({ json: jsonLike, values: tree, holes: fc.jsonValue(), chunks: fc.jsonValue() }, { requiredKeys: ['json'] })
    .map((parts) => `s${JSON.stringify(parts)}`)

  it('are refused, or give a value no larger than their size allows', () => {
    fc.assert(fc.property(envelope, isHarmless), { numRuns: 3000 })
  })

  it('are refused or harmless when they are true messages with an error in them', () => {
    const place = fc.tuple(fc.nat(), fc.nat(6), fc.string({ maxLength: 6 }))
    fc.assert(
      fc.property(carried, place, (value, [at, length, inserted]) => {
        const payload = codec.encode(value)
        const text = typeof payload === 'string' ? payload : ''
        const start = at % (text.length + 1)

        isHarmless(text.slice(0, start) + inserted + text.slice(start + length))
      }),
      { numRuns: 2000 },
    )
  })

  it('are refused or harmless when they are bytes', () => {
    const frame = codec.encode([new Uint8Array(17_000), new Map([['k', new Float64Array(3)]])]) as Uint8Array
    fc.assert(
      fc.property(fc.nat(250), fc.nat(255), fc.nat(20), (at, byte, cut) => {
        const payload = frame.slice(0, frame.length - (cut > 15 ? cut : 0))
        payload[at] = byte

        isHarmless(payload)
      }),
      { numRuns: 1000 },
    )
  })
})

function decodedUnlessRefused(value: unknown): { result: unknown } | { path: string } {
  try {
    return { result: codec.decode(codec.encode(value)) }
  } catch (error) {
    if (error instanceof NotSerializable) return { path: error.path }
    throw error
  }
}

/** Decoding throws nothing but `MalformedPayload`, and gives nothing larger than the message allows. */
function isHarmless(payload: string | Uint8Array): void {
  let value: unknown
  try {
    value = codec.decode(payload)
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedPayload)
    return
  }
  expect(sizeOf(value)).toBeLessThanOrEqual(4 * payload.length + 1000)
  expect(typeof (value as { then?: unknown } | null | undefined)?.then).not.toBe('function')
}

/** Elements, characters and bytes in a value. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value === 'bigint') return `${value}`.length
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength
  if (typeof value !== 'object' || value === null) return 1
  return partsOf(value).reduce((size: number, part) => size + sizeOf(part), 1)
}

function partsOf(value: object): unknown[] {
  if (value instanceof Map) return [...value.keys(), ...value.values()]
  if (value instanceof Set) return [...value]
  if (value instanceof URL) return [value.href]
  // The stack of an error is where it was made anew: it is no part of the message.
  return value instanceof Error ? [value.message, value.cause, ...Object.values(value)] : Object.values(value)
}

/** Makes a value in which the values of Deferreds, or the Deferreds themselves, stand. */
type Make = (values: Readonly<Record<string, unknown>>) => unknown

interface Template {
  readonly args: unknown[]
  readonly expected: (values: Readonly<Record<string, unknown>>) => unknown[]
}

const first = new FakeDeferred('first')
const second = new FakeDeferred('second')

/** Two trees of one shape: with Deferreds to be sent, and with their values to be expected. */
const { node } = fc.letrec<{ node: Make }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    leaf.map(
      (value): Make =>
        () =>
          value,
    ),
    fc.constantFrom('first', 'second').map(
      (id): Make =>
        (values) =>
          values[id],
    ),
    fc.array(tie('node'), { maxLength: 4 }).map(
      (nodes): Make =>
        (values) =>
          nodes.map((make) => make(values)),
    ),
    fc.dictionary(key, tie('node'), { maxKeys: 3, noNullPrototype: true }).map(
      (nodes): Make =>
        (values) =>
          Object.fromEntries(Object.entries(nodes).map(([name, make]) => [name, make(values)])),
    ),
    fc.array(fc.tuple(tie('node'), tie('node')), { maxLength: 3 }).map(
      (pairs): Make =>
        (values) =>
          new Map(pairs.map(([from, to]) => [from(values), to(values)])),
    ),
    fc.array(tie('node'), { maxLength: 3 }).map(
      (nodes): Make =>
        (values) =>
          new Set(nodes.map((make) => make(values))),
    ),
  ),
}))

const argumentsWithDeferreds: fc.Arbitrary<Template> = fc.array(node, { maxLength: 4 }).map((nodes) => ({
  // Something at the end, so that no undefined is dropped there.
  args: [...nodes.map((make) => make({ first, second })), 'end'],
  expected: (values) => [...nodes.map((make) => make(values)), 'end'],
}))
