import type { HeldJob } from '../../backend/session.ts'
import { runPolicy } from '../../tasks/task-definition.ts'
import type { TaskRegistry } from '../../tasks/task-registry.ts'
import type { StopReason } from '../executor.ts'
import type { JobRunner } from '../job-runner.ts'
import { Blocking } from './blocking.ts'
import type { RunMessage } from './messages.ts'
import { RelayedRun, type RelayedRunOwner } from './relayed-run.ts'
import { sentError } from './sent-error.ts'
import type { ToHost } from './to-host.ts'
import { monotonicMs, type WorkerChannel } from './worker-link.ts'

/** What running the jobs of a worker takes. */
export interface WorkerJobsOptions {
  readonly runner: JobRunner
  readonly tasks: Pick<TaskRegistry, 'get'>
  readonly host: ToHost
  readonly channel: Pick<WorkerChannel, 'begun'>
  readonly concurrency: number
  readonly hooks: JobHooks
}

/** What a kind of worker does around each job. If it throws, the job counts as crashed, and the worker is replaced. */
export interface JobHooks {
  /** A job is about to start. */
  beforeJob?(): void
  /** No job runs any more. */
  afterJobs?(): void
}

/** Longest time to start jobs in a row: those whose code is synchronous would keep what they come to from being sent. */
const START_BUDGET_MS = 2

/** The jobs of one worker: those that wait for their turn, and those that run. */
export class WorkerJobs implements RelayedRunOwner {
  readonly #options: WorkerJobsOptions
  readonly #running = new Map<number, RelayedRun>()
  #waiting: RunMessage[] = []
  #head = 0
  #slots: number
  #starting = false
  #lastWait = 0
  readonly #blocking = new Blocking()
  #endedJobs = 0
  #busySince = 0

  constructor(options: WorkerJobsOptions) {
    this.#options = options
    this.#slots = options.concurrency
  }

  /** Whether nothing runs and nothing waits. */
  get isIdle(): boolean {
    return this.#running.size === 0 && this.#head === this.#waiting.length
  }

  /** Run a job in its turn. `startSoon` begins. */
  add(message: RunMessage): void {
    this.#waiting.push(message)
  }

  /** Start what there are slots for. */
  startSoon(): void {
    if (!this.#starting) this.#startMore()
  }

  /** Tell a job to stop; one that waits is not started. */
  stop(seq: number, reason: StopReason): void {
    const run = this.#running.get(seq)
    if (run !== undefined) {
      this.#options.runner.stop(run, reason)
      return
    }
    const index = this.#waiting.findIndex((message, at) => at >= this.#head && message.seq === seq)
    if (index < 0) return
    this.#waiting.splice(index, 1)
    this.#options.host.post({ kind: 'skipped', seq })
  }

  /** Start none of those that wait: they are wanted elsewhere. */
  skipAll(): void {
    const skipped = this.#waiting.slice(this.#head)
    this.#waiting = []
    this.#head = 0
    for (const { seq } of skipped) this.#options.host.post({ kind: 'skipped', seq })
  }

  /** Number of a job that runs; `undefined` if it does not. */
  seqOf({ id, token }: HeldJob): number | undefined {
    for (const [seq, { job }] of this.#running) if (job.id === id && job.token === token) return seq
    return undefined
  }

  ended(run: RelayedRun): void {
    this.#running.delete(run.seq)
    this.#endedJobs += 1
    // First, so that a worker that takes too much memory says so together with the end of the job.
    if (this.#running.size === 0) this.#options.hooks.afterJobs?.()
    // It may be one that must not run twice, which the loss of this news would lead to.
    if (!run.job.ahead) this.#options.host.flush()
    this.startSoon()
  }

  lent(change: 1 | -1): void {
    this.#slots += change
    if (change === 1) this.startSoon()
  }

  nextWait(): number {
    this.#lastWait += 1
    return this.#lastWait
  }

  /** For how long it was busy with the jobs that have ended since this was asked last. */
  takeWork(): { readonly jobs: number; readonly ms: number } {
    const now = performance.now()
    const work = { jobs: this.#endedJobs, ms: now - this.#busySince }
    this.#endedJobs = 0
    this.#busySince = now
    return work
  }

  #startMore(): void {
    this.#starting = true
    const begunAt = performance.now()
    if (this.#running.size === 0 && this.#endedJobs === 0) this.#busySince = begunAt
    while (this.#running.size < this.#slots) {
      const message = this.#waiting[this.#head]
      if (message === undefined) break
      if (performance.now() - begunAt > START_BUDGET_MS) {
        setImmediate(() => this.#startMore())
        return
      }
      this.#head += 1
      this.#start(message)
    }
    this.#starting = false
    if (this.#head === this.#waiting.length) {
      this.#waiting = []
      this.#head = 0
    }
  }

  #start(message: RunMessage): void {
    const { channel, host, hooks, runner, tasks } = this.#options
    // In this order: a host that does not see the mark after the time has passed may rely on it that the job will not start.
    if (!this.#prepared(message.seq, () => channel.begun(message.seq))) return
    if (message.startBy !== undefined && monotonicMs() > message.startBy) {
      host.post({ kind: 'skipped', seq: message.seq })
      return
    }
    const run = new RelayedRun(host, this, message)
    this.#running.set(run.seq, run)
    if (!this.#prepared(run.seq, () => hooks.beforeJob?.())) return
    const task = tasks.get(run.job.task)
    const limitMs = task === undefined ? undefined : runPolicy(task, run.job.run).timeoutMs
    if (limitMs !== undefined) run.began(limitMs)
    // What has ended before must not wait for the end of a job that keeps this thread to itself.
    if (!this.#blocking.isBrief(run.job.task)) {
      host.flush()
      host.begins()
    }
    const startedAt = performance.now()
    runner.start(run)
    this.#blocking.held(run.job.task, performance.now() - startedAt)
  }
  /** Whether that went well. If not, the host is told, which ends this worker. */
  #prepared(seq: number, prepare: () => void): boolean {
    try {
      prepare()
      return true
    } catch (error) {
      this.#options.host.post({ kind: 'fault', reason: 'uncaught-exception', seq, error: sentError(error) })
      return false
    }
  }
}
