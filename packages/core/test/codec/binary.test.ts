import { describe, expect, it } from 'vitest'
import { SuperjsonCodec } from '../../src/codec/superjson-codec.ts'
import { MalformedPayload } from '../../src/errors/usage-errors.ts'
import { FakeDeferred } from './fake-deferred.ts'

const codec = new SuperjsonCodec()

function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index % 251)
}

describe('binary data', () => {
  const small: [string, unknown][] = [
    ['Int8Array', new Int8Array([-1, 2])],
    ['Uint8Array', new Uint8Array([1, 255])],
    ['an empty Uint8Array', new Uint8Array()],
    ['Uint8ClampedArray', new Uint8ClampedArray([300, 1])],
    ['Int16Array', new Int16Array([-300, 1])],
    ['Uint16Array', new Uint16Array([65535])],
    ['Int32Array', new Int32Array([-70000])],
    ['Uint32Array', new Uint32Array([4e9])],
    ['Float32Array', new Float32Array([1.5, Number.NaN, -0])],
    ['Float64Array', new Float64Array([Math.PI, Number.POSITIVE_INFINITY])],
    ['BigInt64Array', new BigInt64Array([-5n])],
    ['BigUint64Array', new BigUint64Array([2n ** 63n])],
    ['Buffer', Buffer.from('hello')],
    ['ArrayBuffer', new Uint8Array([1, 2, 3]).buffer],
    ['a view of a part', new Uint8Array([0, 1, 2, 3, 4, 5]).subarray(2, 4)],
    ['an unaligned view', new Uint16Array(new Uint8Array([0, 0, 1, 2, 3, 4]).buffer, 2, 1)],
  ]

  it.each(small)('travels as base64 in the text while it is small: %s', (_, value) => {
    const payload = codec.encode({ value })

    expect(payload).toBeTypeOf('string')
    expect(codec.decode(payload)).toStrictEqual({ value })
  })

  it('never travels as a list of numbers', () => {
    expect(codec.encode(new Uint8Array([77, 78, 79]))).not.toContain('77,')
    expect(codec.encode(new Uint8Array(9000))).toHaveLength(
      JSON.stringify({ json: ['Uint8Array', 'A'.repeat(12000)], values: [['custom', 'binary']] }).length + 1,
    )
  })

  it('travels as bytes beside the text from 16 KB on', () => {
    const value = { a: bytes(8192), list: [new Float64Array([1.5, 2.5])], b: Buffer.from(bytes(8200)), text: 'é' }

    const payload = codec.encode(value)

    expect(payload).toBeInstanceOf(Uint8Array)
    expect((payload as Uint8Array).byteLength).toBeLessThan(8192 + 8200 + 400)
    expect(codec.decode(payload)).toStrictEqual(value)
  })

  it('travels as bytes under keys that are ordered otherwise in JSON', () => {
    const value = { z: bytes(20_000), 10: bytes(3), a: { 7: bytes(5) } }

    expect(codec.decode(codec.encode(value))).toStrictEqual(value)
  })

  it('travels as bytes at the root, and in Maps and errors', () => {
    const map = new Map([[1n, bytes(20_000)]])
    const error = Object.assign(new Error('x'), { dump: bytes(20_000) })

    expect(codec.decode(codec.encode(bytes(20_000)))).toStrictEqual(bytes(20_000))
    expect(codec.decode(codec.encode(map))).toStrictEqual(map)
    expect((codec.decode(codec.encode(error)) as typeof error).dump).toStrictEqual(error.dump)
  })

  it('travels with Deferreds beside it', () => {
    const { payload, deferreds } = codec.encodeArguments([bytes(20_000), [new FakeDeferred('d')]])

    expect(deferreds).toHaveLength(1)
    expect(codec.decodeArguments(payload, ['value'])).toStrictEqual([bytes(20_000), ['value']])
  })

  it('is a copy on both sides', () => {
    const value = bytes(20_000)
    const payload = codec.encode(value) as Uint8Array
    value.fill(0)

    const first = codec.decode(payload) as Uint8Array
    first.fill(9)

    expect(codec.decode(payload)).toStrictEqual(bytes(20_000))
  })

  it('is read from a payload that is a part of a larger buffer', () => {
    const payload = codec.encode(bytes(20_000)) as Uint8Array
    const larger = new Uint8Array(payload.byteLength + 7)
    larger.set(payload, 3)

    expect(codec.decode(larger.subarray(3, 3 + payload.byteLength))).toStrictEqual(bytes(20_000))
    expect(codec.decode(Buffer.from(payload))).toStrictEqual(bytes(20_000))
  })

  it('of shared memory arrives as memory of its own', () => {
    const value = new Uint8Array(new SharedArrayBuffer(4))
    value.set([1, 2, 3, 4])

    expect([...(codec.decode(codec.encode(value)) as Uint8Array)]).toEqual([1, 2, 3, 4])
  })
})

describe('a frame that was damaged', () => {
  it('is malformed even if its text is whole: the length must be true', () => {
    const text = '{"json":1}'
    const frameOf = (length: number) => Buffer.concat([Buffer.from([0xf7, 1, 0, 0, 0, length]), Buffer.from(text)])

    expect(codec.decode(frameOf(text.length))).toBe(1)
    expect(() => codec.decode(frameOf(text.length + 1))).toThrow('ends inside its text')
  })

  const frame = codec.encode([bytes(20_000), bytes(9)]) as Uint8Array

  function damaged(change: (copy: Uint8Array) => Uint8Array): Uint8Array {
    return change(frame.slice())
  }

  const cases: [string, Uint8Array][] = [
    ['empty', new Uint8Array()],
    ['cut in its header', frame.subarray(0, 5)],
    ['cut in its text', frame.subarray(0, 30)],
    ['cut in its bytes', frame.subarray(0, frame.length - 1)],
    ['longer than it says', damaged((copy) => Buffer.concat([copy, Buffer.from('x')]))],
    ['of another version', damaged((copy) => copy.fill(9, 1, 2))],
    ['without its magic byte', damaged((copy) => copy.fill(0, 0, 1))],
    ['with a length beyond its end', damaged((copy) => copy.fill(255, 2, 6))],
    ['with broken UTF-8', damaged((copy) => copy.fill(255, 10, 12))],
  ]

  it.each(cases)('is malformed: %s', (_, payload) => {
    expect(() => codec.decode(payload)).toThrow(MalformedPayload)
    expect(() => codec.decodeArguments(payload, [])).toThrow(MalformedPayload)
  })
})
