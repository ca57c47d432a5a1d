import type { FailureRecord } from '../errors/failure-record.ts'
import type { ValueRef } from './claim.ts'
import type { Payload } from './payload.ts'

/**
 * How a job ended, as told to those who wait. Of a success: its value, or where to read a large one. `gone`: the store
 * does not know the id, or dropped its result. `ignored`: it keeps no result.
 */
export type JobOutcome =
  | { readonly id: string; readonly state: 'success'; readonly value: Payload }
  | { readonly id: string; readonly state: 'success'; readonly large: ValueRef; readonly size: number }
  | { readonly id: string; readonly state: 'failed' | 'canceled'; readonly failure: FailureRecord }
  | { readonly id: string; readonly state: 'gone' | 'ignored' }
