import { describe, expect, it } from 'vitest'
import { isSealed } from '../../src/backend/sealed.ts'
import { freeBytes } from '../../src/codec/free-bytes.ts'
import { sealedFor } from '../../src/codec/sealing.ts'
import { SuperjsonCodec } from '../../src/codec/superjson-codec.ts'

const codec = new SuperjsonCodec()

function encoded(value: unknown): Uint8Array<ArrayBuffer> {
  const payload = codec.encode(value)
  if (typeof payload === 'string') expect.fail('the payload is bytes')
  return payload as Uint8Array<ArrayBuffer>
}

describe('bytes that nobody else has', () => {
  it('become the Buffer that they hold, once', () => {
    const payload = encoded(Buffer.alloc(20_000, 7))
    freeBytes(payload)

    const [first, second] = [codec.decode(payload), codec.decode(payload)] as [Buffer, Buffer]

    expect([first.equals(second), first.length]).toEqual([true, 20_000])
    expect(first.buffer).toBe(payload.buffer)
    expect(second.buffer).not.toBe(payload.buffer)
  })

  it('are copied for what shows its memory as a whole', () => {
    const payload = encoded(new Uint8Array(20_000).fill(7))
    freeBytes(payload)

    const value = codec.decode(payload) as Uint8Array

    expect(value.buffer.byteLength).toBe(20_000)
    expect(value.buffer).not.toBe(payload.buffer)
  })

  it('are copied if nobody says that they are free', () => {
    const payload = encoded(Buffer.alloc(20_000, 7))

    expect((codec.decode(payload) as Buffer).buffer).not.toBe(payload.buffer)
  })
})

describe('a payload is sealed', () => {
  it('if the codec lets nobody have its bytes', () => {
    const payload = encoded(Buffer.alloc(20_000))

    const before = isSealed(payload)

    expect([before, isSealed(sealedFor(codec, payload))]).toEqual([false, true])
  })

  it('not for a codec that extends it, which may change them', () => {
    class Own extends SuperjsonCodec {}

    expect(isSealed(sealedFor(new Own(), encoded(Buffer.alloc(20_000))))).toBe(false)
  })

  it('not if it is a small part of a larger memory', () => {
    const part = new Uint8Array(encoded(Buffer.alloc(50_000)).buffer, 0, 20_000)

    expect(isSealed(sealedFor(codec, part))).toBe(false)
  })

  it('always if it is text', () => {
    expect(isSealed('text')).toBe(true)
  })
})
