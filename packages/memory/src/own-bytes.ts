import { isSealed, type Payload } from '@taskspace/core/backend'

/** A payload that nobody else changes: text and sealed bytes as they are, others copied on their way in and out. */
export function ownBytes(payload: Payload): Payload {
  if (typeof payload === 'string' || isSealed(payload)) return payload
  return new Uint8Array(payload)
}
