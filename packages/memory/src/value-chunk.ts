import { isSealed, type Payload, type ValueChunk } from '@taskspace/core/backend'

/** A part of a payload, in bytes. Text is encoded anew for each part: it is large, and read seldom. */
export function chunkOf(payload: Payload, offset: number, length: number): ValueChunk {
  const kind = typeof payload === 'string' ? 'text' : 'bytes'
  const whole = typeof payload === 'string' ? Buffer.from(payload) : payload
  const part = whole.subarray(offset, offset + length)
  return { kind, size: whole.byteLength, bytes: isSealed(payload) ? part : new Uint8Array(part) }
}
