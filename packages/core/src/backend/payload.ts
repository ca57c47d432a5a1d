/**
 * An encoded value, opaque to every backend and pool: well-formed text, or bytes. Whoever stores or forwards one gives
 * back the same kind with the same content.
 */
export type Payload = string | Uint8Array

/** Size of a payload in bytes, text counted as UTF-8. */
export function payloadSize(payload: Payload): number {
  return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength
}

/** Whether a payload is larger than `limit` bytes; does not measure text that cannot be. */
export function exceeds(payload: Payload, limit: number): boolean {
  if (typeof payload !== 'string') return payload.byteLength > limit
  return payload.length * 3 > limit && Buffer.byteLength(payload) > limit
}
