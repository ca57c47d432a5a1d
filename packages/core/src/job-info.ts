import type { HistoryEntry, JobRecord } from './backend/job-record.ts'
import type { JobState } from './backend/job-state.ts'
import type { Edge, StoredRunOptions } from './backend/new-job.ts'
import type { Payload } from './backend/payload.ts'
import { decodeFailure } from './client/decode-failure.ts'
import type { Codec } from './codec/codec.ts'
import type { FailureKind } from './errors/failure-record.ts'
import type { TaskFailure } from './errors/task-failure.ts'
import type { JsonObject } from './queue/call-options.ts'
import { parseMeta } from './queue/meta.ts'

/** Something that a job waits for. */
export interface UnmetDependency {
  readonly id: string
  /** `value` an argument of it, `order` only its end. */
  readonly kind: Edge['kind']
  readonly onError: Edge['onError']
}

/** All that is stored of a job, as it was when it was asked for. */
export class JobInfo {
  readonly id: string
  /** Full name of the task. */
  readonly name: string
  readonly queue: string
  readonly state: JobState
  readonly priority: number
  /** How many times it was claimed, without those given back. */
  readonly attempt: number
  /** Attempts that ended in an error or a timeout and were retried. */
  readonly failures: number
  readonly crashes: number
  readonly tags: readonly string[]
  /** `timeout`, `retries` and `backoff` given with the call, in ms; absent ones are the task's. */
  readonly run: StoredRunOptions
  readonly ignoreResult: boolean
  /** Id of the job that made the call. */
  readonly parent: string | undefined
  readonly createdAt: Date
  /** When it is or was due, if it had to wait for a time. */
  readonly runAt: Date | undefined
  /** When it was claimed last. */
  readonly claimedAt: Date | undefined
  readonly endedAt: Date | undefined
  /** Why it was told to stop, while it still runs. */
  readonly canceling: string | undefined
  /** What it still waits for. */
  readonly waitsFor: readonly UnmetDependency[]
  /** Ids of jobs that wait for it, at most 25, and how many there are. */
  readonly dependents: readonly string[]
  readonly dependentCount: number
  /** The job whose outcome will be its own. */
  readonly forwardedTo: string | undefined
  /** 0 … 1, as the task reported last. */
  readonly progress: number | undefined
  /** Why it failed or was canceled; of a dependent, the failure of the job that failed first. */
  readonly failure: TaskFailure | undefined
  /** Kind of its own failure: `dependency-failed` if another job's is handed on. */
  readonly kind: FailureKind | undefined
  /** Until when its result is kept, if it has one. */
  readonly resultUntil: Date | undefined
  /** What happened to it, oldest first: the first entry and the newest, at most 100. */
  readonly history: readonly HistoryEntry[]
  /** Its arguments as stored. */
  readonly rawInput: Payload
  /** What the task saved with `saveOutput`, as stored. */
  readonly rawOutput: Payload | undefined
  readonly #meta: string | undefined
  readonly #codec: Codec

  constructor(record: JobRecord, codec: Codec) {
    this.#codec = codec
    this.id = record.id
    this.name = record.task
    this.queue = record.queue
    this.state = record.state
    this.priority = record.priority
    this.attempt = record.attempt
    this.failures = record.failures
    this.crashes = record.crashes
    this.tags = record.tags
    this.#meta = record.meta
    this.run = record.run ?? {}
    this.ignoreResult = record.ignoreResult
    this.parent = record.parent
    this.createdAt = new Date(record.createdAt)
    this.runAt = dateOf(record.runAt)
    this.claimedAt = dateOf(record.claimedAt)
    this.endedAt = dateOf(record.endedAt)
    this.canceling = record.canceling
    this.waitsFor = record.unmet.map(({ on, kind, onError }) => ({ id: on, kind, onError }))
    this.dependents = record.dependents
    this.dependentCount = record.dependentCount
    this.forwardedTo = record.forwardedTo
    this.progress = record.progress
    this.failure = record.failure === undefined ? undefined : decodeFailure(codec, record.failure)
    this.kind = record.kind
    this.resultUntil = dateOf(record.resultUntil)
    this.history = record.history
    this.rawInput = record.input
    this.rawOutput = record.output
  }

  /** JSON given with the call; an empty object if none was (RW-23). @throws MalformedPayload if what is stored is none. */
  get meta(): JsonObject {
    return parseMeta(this.#meta)
  }

  /**
   * Its arguments, decoded at each call; where a Deferred stood there is `undefined`.
   *
   * @throws MalformedPayload if they cannot be decoded.
   */
  input(): readonly unknown[] {
    const holes = this.#codec.countHoles(this.rawInput)
    return this.#codec.decodeArguments(this.rawInput, new Array<undefined>(holes).fill(undefined))
  }

  /** What the task saved with `saveOutput`, decoded at each call; `undefined` if nothing. @throws MalformedPayload */
  output(): unknown {
    return this.rawOutput === undefined ? undefined : this.#codec.decode(this.rawOutput)
  }
}

function dateOf(ms: number | undefined): Date | undefined {
  // "For ever" is no date: the latest there is stands for it.
  return ms === undefined ? undefined : new Date(Math.min(ms, LATEST_DATE_MS))
}

const LATEST_DATE_MS = 8.64e15
