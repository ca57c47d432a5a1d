import type { Payload } from '@taskspace/core/backend'

/** A payload that nobody else can change: text as it is, bytes copied on their way in and out. */
export function ownBytes(payload: Payload): Payload {
  return typeof payload === 'string' ? payload : new Uint8Array(payload)
}
