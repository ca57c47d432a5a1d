import type { Payload, ValueChunk } from '@taskspace/core/backend'

/** A part of a payload, in bytes. Text is encoded anew for each part: it is large, and read seldom. */
export function chunkOf(payload: Payload, offset: number, length: number): ValueChunk {
  const kind = typeof payload === 'string' ? 'text' : 'bytes'
  const whole = typeof payload === 'string' ? Buffer.from(payload) : payload
  return { kind, size: whole.byteLength, bytes: whole.slice(offset, offset + length) }
}
