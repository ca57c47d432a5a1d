import type { Payload } from '../backend/payload.ts'
import type { Codec } from '../codec/codec.ts'
import { MalformedPayload } from '../errors/usage-errors.ts'

/**
 * Decode a value that will leave through a promise.
 *
 * @throws MalformedPayload as the codec does, and for a value with a callable `then`: the promise would call it.
 */
export function decodeValue(codec: Codec, payload: Payload): unknown {
  const value = codec.decode(payload)
  if (typeof value !== 'object' || value === null || !('then' in value)) return value
  if (typeof value.then !== 'function') return value
  throw new MalformedPayload(`codec '${codec.name}' made a value with a method 'then', which cannot pass a promise`)
}
