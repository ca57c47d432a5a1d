import type { FailureRecord } from '../errors/failure-record.ts'
import type { StoredRunOptions } from './new-job.ts'
import type { Payload } from './payload.ts'

/** Queues to claim from: strictly the first that has something, or in turn, starting one further at each claim. */
export type QueueSelection = readonly string[] | { readonly fair: readonly string[] }

/** What a pool asks for. */
export interface ClaimRequest {
  /** Jobs that can start at once. */
  readonly slots: number
  /**
   * More jobs, to have at hand when a slot gets free. A job that crashed before, or that has `maxCrashes: 1`, is never
   * among them: the claim stops before it.
   */
  readonly ahead: number
  /** Most payload bytes in the reply; the first job comes whatever its size. */
  readonly bytes: number
  readonly queues: QueueSelection
}

/** The result of another job, as it stands in the table of a claim reply. */
export type ClaimedValue =
  | { readonly kind: 'value'; readonly payload: Payload }
  | { readonly kind: 'failure'; readonly failure: FailureRecord }
  | { readonly kind: 'large'; readonly ref: ValueRef; readonly size: number }

/** Names a stored result: a job and its series. */
export interface ValueRef {
  readonly id: string
  readonly series: number
}

/** A job handed out. */
export interface ClaimedJob {
  readonly id: string
  readonly task: string
  readonly queue: string
  /** Fencing token: every write about this claim carries it; higher than any token this id had before. */
  readonly token: number
  /** How many times it was claimed, this one included; a claim given back does not count. */
  readonly attempt: number
  /** Attempts that ended in an error or timeout and were retried. */
  readonly failures: number
  readonly crashes: number
  readonly series: number
  readonly priority: number
  readonly input: Payload
  /** For each hole of the input, in order, the index of its value in the reply's table. Absent: no holes. */
  readonly args?: readonly number[]
  readonly run?: StoredRunOptions
  readonly ignoreResult?: boolean
  readonly tags?: readonly string[]
  readonly meta?: string
  /** When it was enqueued, in ms of the backend's clock. */
  readonly createdAt: number
  /** Handed out ahead: not for a slot that was free. */
  readonly ahead: boolean
}

/** Jobs handed out, best first, and the argument values they need, each once. */
export interface ClaimReply {
  readonly jobs: readonly ClaimedJob[]
  readonly values: readonly ClaimedValue[]
}

/** What a claim answers when there is nothing. */
export const NOTHING_CLAIMED: ClaimReply = { jobs: [], values: [] }
