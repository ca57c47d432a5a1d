import type { FailureKind, FailureRecord } from '../errors/failure-record.ts'
import type { JobState } from './job-state.ts'
import type { Edge, StoredRunOptions } from './new-job.ts'
import type { Payload } from './payload.ts'

/** What happened to a job, as its history tells. */
export type HistoryEvent =
  | 'enqueued'
  | 'replaced'
  | 'released'
  | 'due'
  | 'claimed'
  | 'returned'
  | 'lease-lost'
  | 'crashed'
  | 'retried'
  | 'forwarded'
  | 'success'
  | 'failed'
  | 'canceled'

/** One entry of a job's history; `at` in ms of the backend's clock. */
export interface HistoryEntry {
  readonly what: HistoryEvent
  readonly at: number
  /** Session that did it, where one did. */
  readonly session?: string
}

/** All that is known of a job. Times are in ms of the backend's clock. */
export interface JobRecord {
  readonly id: string
  readonly task: string
  readonly queue: string
  readonly state: JobState
  readonly priority: number
  /** Raised each time the job starts over with its id taken again; 1 at first. */
  readonly series: number
  readonly attempt: number
  readonly failures: number
  readonly crashes: number
  readonly input: Payload
  readonly run?: StoredRunOptions
  readonly maxCrashes?: number
  readonly resultTtlMs?: number
  readonly ignoreResult: boolean
  readonly tags: readonly string[]
  readonly meta?: string
  readonly parent?: string
  readonly createdAt: number
  /** When it is or was due, if it had to wait for a time. */
  readonly runAt?: number
  /** When it was claimed last. */
  readonly claimedAt?: number
  readonly endedAt?: number
  /** While processing: its owner and the token of the claim. */
  readonly session?: string
  readonly token?: number
  /** While processing: the reason it was told to stop. */
  readonly canceling?: string
  /** Edges that are not met yet. */
  readonly unmet: readonly (Edge & { readonly on: string })[]
  /** Ids of jobs that wait for this one, at most 25 of them, and how many there are. */
  readonly dependents: readonly string[]
  readonly dependentCount: number
  /** The job whose outcome will be this one's. */
  readonly forwardedTo?: string
  readonly progress?: number
  /** What the task saved while it ran. */
  readonly output?: Payload
  /** Of a failed or canceled job: `dependency-failed` if another job's failure is its own; else as in the record. */
  readonly kind?: FailureKind
  readonly failure?: FailureRecord
  /** Until when the result is kept, unless a dependent needs it longer; absent without a result. */
  readonly resultUntil?: number
  readonly history: readonly HistoryEntry[]
}

/** How many jobs of a queue are in each state. Ended ones count as long as their record is kept. */
export type QueueCounts = Readonly<Record<JobState, number>>
