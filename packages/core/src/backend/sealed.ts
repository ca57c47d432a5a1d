import type { Payload } from './payload.ts'

const sealed = new WeakSet<Uint8Array>()

/**
 * Promise that nobody changes these bytes any more, neither who gives them away nor who is given them: a backend in this
 * process may keep them, and hand them out, instead of copies. Text is always so. @returns the same payload
 */
export function seal<P extends Payload>(payload: P): P {
  if (typeof payload !== 'string') sealed.add(payload)
  return payload
}

/** Whether nobody changes this payload any more. */
export function isSealed(payload: Payload): boolean {
  return typeof payload === 'string' || sealed.has(payload)
}
