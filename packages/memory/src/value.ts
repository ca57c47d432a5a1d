import type { FailureRecord, Payload } from '@taskspace/core/backend'

/** A shared result, stored once: the jobs that have it as their own and those that need it as an argument share this object. */
export class Value {
  /** The job that made it, and in which series. */
  readonly id: string
  readonly series: number
  readonly payload: Payload
  /** Jobs whose result it is: its maker, and those that forwarded to it. */
  holders = 0
  /** Jobs that need it as an argument and may still run. */
  pins = 0

  constructor(id: string, series: number, payload: Payload) {
    this.id = id
    this.series = series
    this.payload = payload
  }
}

/** A result as a job has it: bare as long as nobody else needs it, which most never do. */
export type Result = Payload | Value

/** What a result holds. */
export function payloadOf(result: Result): Payload {
  return result instanceof Value ? result.payload : result
}

/** What stands in the place of an argument: a result, or the failure of a job that its edge passes on. */
export type Argument = Value | FailureRecord

/** Key of a value in the store's index of values that their maker does not hold any more. */
export function valueKey(id: string, series: number): string {
  return `${series}/${id}`
}
