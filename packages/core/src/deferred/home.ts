/** Where a Deferred keeps which store its job is in; the same for every copy of the package. */
export const HOME: unique symbol = Symbol.for('taskspace/deferred-home')

/** Where a job is, and whether it keeps a result: what a call that takes it as an argument must know. */
export interface Home {
  readonly url: string
  readonly namespace: string
  readonly ignoresResult: boolean
}
