import type {
  FailureKind,
  FailureRecord,
  HistoryEntry,
  JobState,
  NewJob,
  OnError,
  Payload,
  StoredRunOptions,
} from '@taskspace/core/backend'
import type { Journal } from './journal.ts'
import type { QueueState } from './queue-state.ts'
import type { SessionState } from './session-state.ts'
import type { Store } from './store.ts'
import type { Argument, Result } from './value.ts'

/** Where a job stands while nobody runs it. */
export type Place = 'nowhere' | 'line' | 'returned' | 'parked' | 'ended'

/** One job. Fields that most jobs leave empty are in `rare`, which is made when one of them is needed. */
export class Job {
  readonly id: string
  task: string
  queue: QueueState
  input: Payload
  state: JobState = 'enqueued'
  priority = 0
  series = 1
  attempt = 0
  failures = 0
  crashes = 0
  /** Number of its last claim; 0 before the first. */
  claim = 0
  createdAt: number
  claimedAt = 0
  endedAt = 0
  /** Not before this time; 0 if at once. */
  runAt = 0

  place: Place = 'nowhere'
  /** Rises with each placing; order within a line. */
  position = 0
  /** How many drains its queue had seen when it was placed. */
  drains = 0
  previous: Job | undefined = undefined
  next: Job | undefined = undefined
  /** Index in the heap that holds it, or -1. */
  slot = -1

  /** Who runs it. */
  owner: SessionState | undefined = undefined
  /** Who ran it last. */
  lastOwner: string | undefined = undefined
  /** Its last claim decided this series. */
  isDecided = false
  ahead = false

  result: Result | undefined = undefined
  /** Until when `result` is kept for readers. */
  resultUntil = 0
  /** The session that waits for the outcome, if it is one. */
  reply: SessionState | undefined = undefined
  rare: Rare | undefined = undefined

  constructor(id: string, task: string, queue: QueueState, input: Payload, createdAt: number) {
    this.id = id
    this.task = task
    this.queue = queue
    this.input = input
    this.createdAt = createdAt
  }
}

/** What few jobs have. */
export class Rare {
  edges: EdgeState[] | undefined = undefined
  /** How many of the edges are not met. */
  unmet = 0
  /** The edge to the job whose outcome will be this one's. */
  forward: EdgeState | undefined = undefined
  /** Edges of other jobs to this one, not met. */
  dependents: Set<EdgeState> | undefined = undefined
  args: (Argument | undefined)[] | undefined = undefined

  run: StoredRunOptions | undefined = undefined
  maxCrashes: number | undefined = undefined
  resultTtlMs: number | undefined = undefined
  ignoreResult = false
  tags: readonly string[] | undefined = undefined
  meta: string | undefined = undefined
  parent: string | undefined = undefined

  canceling: { readonly reason: string; readonly failure: FailureRecord } | undefined = undefined
  kind: FailureKind | undefined = undefined
  failure: FailureRecord | undefined = undefined
  progress: number | undefined = undefined
  output: Payload | undefined = undefined
  watchers: Set<SessionState> | undefined = undefined
  /** Sessions that hear of each append. */
  followers: Set<SessionState> | undefined = undefined
  journal: Journal | undefined = undefined
  /** Written out once something rare happened; else it follows from the job's stamps. */
  history: HistoryEntry[] | undefined = undefined
}

/** One thing that a job waits for. */
export interface EdgeState {
  readonly kind: 'value' | 'order' | 'forward'
  readonly dependent: Job
  readonly target: Job
  readonly onError: OnError
  /** Index of the argument that a value edge fills. */
  readonly hole: number
  /** Met, or dropped by its job: nothing that comes of the other job concerns it any more. */
  isOver: boolean
}

/** The rare part of a job, made if it is not there. */
export function rareOf(job: Job): Rare {
  job.rare ??= new Rare()
  return job.rare
}

/** Whether a new job carries anything beyond what every job has. */
export function isPlain(job: NewJob): boolean {
  return (
    job.run === undefined &&
    job.maxCrashes === undefined &&
    job.resultTtlMs === undefined &&
    job.ignoreResult !== true &&
    job.tags === undefined &&
    job.meta === undefined &&
    job.parent === undefined
  )
}

/** Whether a settlement or notice with this token speaks for the job's current claim. */
export function isClaimedWith(store: Store, job: Job, token: number): boolean {
  return job.state === 'processing' && store.tokenOf(job) === token && job.owner?.hasEnded === false
}

/** Whether the job has a crash behind it. */
export function isSuspect(job: Job): boolean {
  return job.crashes > 0
}

/** Keep what a new job carries beyond what every job has. */
export function setOptions(rare: Rare, item: NewJob): void {
  rare.run = item.run
  rare.maxCrashes = item.maxCrashes
  rare.resultTtlMs = item.resultTtlMs
  rare.ignoreResult = item.ignoreResult === true
  rare.tags = item.tags
  rare.meta = item.meta
  rare.parent = item.parent?.id
}
