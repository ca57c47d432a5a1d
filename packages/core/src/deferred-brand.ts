/** Run-time mark of a Deferred or JobRef; the same for every copy of the package. */
export const DEFERRED: unique symbol = Symbol.for('taskspace/deferred')

/** Whether a value is a Deferred or a JobRef, from whichever copy of the package. Reads one own or inherited property, and runs no user code. */
export function isDeferredLike(value: unknown): value is { readonly id: string } {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[DEFERRED] === true
}
