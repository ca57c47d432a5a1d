import type { Payload } from '../backend/payload.ts'
import { seal } from '../backend/sealed.ts'
import type { Codec } from './codec.ts'
import { SuperjsonCodec } from './superjson-codec.ts'

/**
 * The payload, sealed if its codec lets nobody have its bytes: those that `SuperjsonCodec` makes are new, and what it
 * makes of them are copies. Not so where it was extended, which may be to change them in place, nor for a small part of
 * memory that would have to be kept as a whole.
 */
export function sealedFor<P extends Payload>(codec: Codec, payload: P): P {
  if (typeof payload === 'string') return payload
  const isMost = payload.byteLength * 2 >= payload.buffer.byteLength
  return isMost && Object.getPrototypeOf(codec) === SuperjsonCodec.prototype ? seal(payload) : payload
}
