import type { ClaimedJob, ClaimedValue } from '../backend/claim.ts'
import type { TaskPolicy } from '../backend/session.ts'
import type { AppendAnswer, AppendEntry, Settlement } from '../backend/settlement.ts'

/** An argument that another job's outcome fills: its value, or its failure where the edge says `pass`. Still encoded. */
export type ArgumentValue = Exclude<ClaimedValue, { readonly kind: 'large' }>

/**
 * A claimed job as it travels to where it runs: plain data, nothing decoded. Structured clone carries it as it is; JSON
 * does where payloads are text.
 */
export interface JobMessage {
  readonly job: ClaimedJob
  /** The value for each hole of `job.input`, in order. */
  readonly values: readonly ArgumentValue[]
}

/** Why a job is told to stop; plain data, so that it can be sent to a worker. */
export type StopReason =
  | { readonly kind: 'canceled'; readonly text: string }
  | { readonly kind: 'timeout'; readonly afterMs: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'stopping' }

/** What a job tells of itself while it runs; plain data. */
export type JobReport = Omit<AppendEntry, 'id' | 'token'>

/** One run of a job: its message, and what whoever runs it tells and asks the pool. */
export interface JobRun extends JobMessage {
  /**
   * The code of the task has ended, and this is what its job comes to. Once for each run that was started, also for one
   * that was abandoned, whose settlement then counts for nothing. `error` is what the task threw, where it is at hand.
   */
  report(settlement: Settlement, error?: unknown): void
  /** Store news of the job; those of one tick travel together. Rejects only if the pool stops first. */
  append(news: JobReport): Promise<AppendAnswer>
  /** Whether what the task tells is to be appended now, not at the end of the tick. Absent: it never is. */
  readonly isUrgent?: boolean
  /** Renew the lease now. @throws LeaseLost if the job is not this pool's any more; BackendUnavailable. */
  heartbeat(): Promise<void>
  /**
   * The task has completed the job in a transaction of its own. What is reported counts only if that was not committed,
   * and is told to nobody otherwise. Absent where tasks cannot.
   */
  completed?(): void
  /**
   * The job waits for job `id` until `until` settles, and lends its slot meanwhile. Where that cannot be said at once, a
   * promise that rejects if it may not. @throws WouldDeadlock
   */
  waiting(id: string, until: Promise<unknown>): Promise<void> | undefined
  /**
   * The code begins now, and may take so long, in ms. For executors whose jobs do not begin with `start`, which then gives
   * no limit.
   */
  began(limitMs: number): void
}

/**
 * Where a pool runs its jobs: on the event loop, in a thread, in a process. The engine claims, settles, renews and counts
 * time; an executor only runs. Nothing it does may throw into the engine but `start`, whose job then counts as failed.
 */
export interface Executor {
  /** Be ready to run jobs; before anything else. Rejects if it cannot be, after which it is closed. */
  open?(): Promise<void>

  /** What the backend has to know of each task that it can run; a policy only where it differs from the default. */
  policies(): Readonly<Record<string, TaskPolicy | undefined>>

  /**
   * Run a job. It may report before this returns, or at any time after.
   *
   * @returns its time limit in ms, which the engine watches; `undefined`: none.
   */
  start(run: JobRun): number | undefined

  /**
   * How many jobs more than the pool has slots it can use now, to have the next ones at hand where they run. They count as
   * claimed ahead. Absent: none.
   */
  extraSlots?(): number

  /** Ask a job to stop: abort its signal. Once for each run at most; it still reports in the end. */
  stop(run: JobRun, reason: StopReason): void

  /**
   * The grace after `stop` is over and the job goes on: end it by force where that is possible. Its slot is used for other
   * jobs from now on.
   *
   * @returns what becomes of the job.
   */
  abandon(run: JobRun, reason: StopReason): Settlement

  /**
   * No job will be started any more, all were reported or abandoned: free what is held. Idempotent. While `open` is under
   * way it is broken off, and rejects with Closed.
   */
  close(): Promise<void>
}
