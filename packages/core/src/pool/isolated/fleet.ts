import { DEFAULT_MAX_CRASHES } from '../../backend/limits.ts'
import type { TaskPolicy } from '../../backend/session.ts'
import type { Settlement } from '../../backend/settlement.ts'
import type { BrokerHost } from '../../broker-host.ts'
import { Closed } from '../../errors/backend-errors.ts'
import type { Executor, JobRun, StopReason } from '../executor.ts'
import { abandoned } from './abandoned.ts'
import type { Crash } from './crash.ts'
import { FleetSize } from './fleet-size.ts'
import { HostedWorker } from './hosted-worker.ts'
import type { HostedWorkerOptions, HostedWorkerOwner } from './hosted-worker-owner.ts'
import type { IsolatedSettings } from './isolated-options.ts'
import type { TaskNote } from './messages.ts'
import { Pipeline } from './pipeline.ts'
import { returnedRun } from './worker-desk.ts'
import type { WorkerSpawner } from './worker-link.ts'
import { WorkerOutput } from './worker-output.ts'
import { WorkerStartFailed } from './worker-start-failed.ts'
import type { WorkerStats } from './worker-stats.ts'

/** What a fleet works with. */
export interface FleetOptions {
  readonly host: BrokerHost
  readonly spawner: WorkerSpawner
  readonly worker: HostedWorkerOptions
  readonly settings: IsolatedSettings
  /** Whether jobs may be sent to workers ahead of their turn. */
  readonly ahead: boolean
}

/** How long a job is given back for that no worker can be started for, in ms. */
const NO_WORKER_MS = 1_000

/** Runs jobs in workers: as many as their number of jobs asks for, each replaced when it ends. */
export class Fleet implements Executor, HostedWorkerOwner {
  readonly #options: FleetOptions
  readonly #workers = new Set<HostedWorker>()
  readonly #ready: HostedWorker[] = []
  readonly #pipeline: Pipeline
  readonly #size: FleetSize
  readonly #output: WorkerOutput
  /** Jobs that no worker has yet. */
  #line: JobRun[] = []
  #notes: Readonly<Record<string, TaskNote>> = {}
  #opening: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined
  #closing: Promise<void> | undefined

  constructor(options: FleetOptions) {
    const { settings, ahead } = options
    this.#options = options
    this.#pipeline = new Pipeline(ahead)
    this.#output = new WorkerOutput(options.host.logger)
    this.#size = new FleetSize(settings, {
      spawn: () => this.#spawn(),
      demand: () => this.#demand(),
      shrink: () => this.#shrink(),
    })
  }

  /** Start workers; resolves when the first has loaded its tasks. @throws WorkerStartFailed */
  open(): Promise<void> {
    const opened = new Promise<void>((resolve, reject) => {
      this.#opening = { resolve, reject }
    })
    this.#size.open()
    return opened
  }

  policies(): Readonly<Record<string, TaskPolicy | undefined>> {
    const entries = Object.entries(this.#notes).map(([name, { maxCrashes }]) => {
      return [name, maxCrashes === DEFAULT_MAX_CRASHES ? undefined : { maxCrashes }] as const
    })
    return Object.fromEntries(entries)
  }

  extraSlots(): number {
    return this.#ready.length * this.#options.settings.concurrency * this.#pipeline.depth
  }

  start(run: JobRun): undefined {
    const worker = this.#line.length === 0 ? this.#pick() : undefined
    if (worker === undefined) this.#line.push(run)
    else worker.assign(run)
    if (worker === undefined || worker.desk.freeSlots < 0) this.#size.grow()
  }

  stop(run: JobRun, reason: StopReason): void {
    if (this.#leaveLine(run)) {
      run.report(returnedRun(run))
      return
    }
    for (const worker of this.#workers) if (worker.desk.stop(run, reason)) return
  }

  abandon(run: JobRun, reason: StopReason): Settlement {
    const { job } = run
    if (this.#leaveLine(run)) {
      queueMicrotask(() => run.report(returnedRun(run)))
      return returnedRun(run)
    }
    for (const worker of this.#workers) if (worker.desk.has(run)) worker.kill('on purpose')
    const note = Object.hasOwn(this.#notes, job.task) ? this.#notes[job.task] : undefined
    return abandoned(job, reason, note, this.#options.host.codec)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  ready(worker: HostedWorker, tasks: Readonly<Record<string, TaskNote>>): void {
    this.#notes = tasks
    this.#ready.push(worker)
    this.#opening?.resolve()
    this.#opening = undefined
    if (this.#closing === undefined) this.#feed()
    else worker.retire()
  }

  worked(jobs: number, ms: number): void {
    this.#size.worked()
    this.#pipeline.ran(jobs, ms)
    this.#feed()
  }

  lent(): void {
    this.#feed()
  }

  unstarted(runs: readonly JobRun[], late: boolean): void {
    if (late) this.#pipeline.stuck()
    this.#line = [...runs, ...this.#line]
    this.#feed()
  }

  paused(worker: HostedWorker, paused: boolean): void {
    this.#leaveReady(worker)
    if (paused) return
    this.#ready.push(worker)
    this.#feed()
  }

  retired(worker: HostedWorker): void {
    this.#leaveReady(worker)
    this.#size.grow()
  }

  ended(worker: HostedWorker, crash: Crash | undefined, wasReady: boolean): void {
    this.#workers.delete(worker)
    if (crash !== undefined) {
      this.#options.host.logger.warn(`worker ${worker.label} has ended: ${crash.text}`)
      if (!wasReady) this.#failedToStart(crash)
    }
    this.#size.grow()
    this.#feed()
  }

  output(worker: HostedWorker, stream: 'stdout' | 'stderr', lines: readonly string[]): void {
    this.#output.write(worker.desk.onlyRun, worker.label, stream, lines)
  }

  stack(worker: HostedWorker, report: string): void {
    this.#output.stack(worker.desk.onlyRun, report)
  }

  /** Log where the code of each worker is. */
  async logStacks(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.logStack()))
  }

  /** What each worker is, does and takes. */
  async stats(): Promise<readonly WorkerStats[]> {
    const stats = await Promise.all([...this.#workers].map((worker) => worker.stats()))
    return stats.filter((each) => each !== undefined)
  }

  #failedToStart(crash: Crash): void {
    this.#opening?.reject(new WorkerStartFailed(crash))
    this.#opening = undefined
    this.#size.failed()
    if (this.#ready.length > 0) return
    // Whether any worker ever starts is not known: others may have them meanwhile.
    const line = this.#line
    this.#line = []
    for (const run of line) run.report({ ...returnedRun(run), delayMs: NO_WORKER_MS } as Settlement)
  }

  #spawn(): void {
    this.#workers.add(new HostedWorker(this.#options.worker, this))
  }

  /** How many workers its jobs could keep busy, those that it has included. */
  #demand(): { readonly alive: number; readonly wanted: number } {
    const { concurrency } = this.#options.settings
    const alive = [...this.#workers].filter(({ phase }) => phase === 'starting' || phase === 'ready')
    const waiting = this.#ready.reduce((sum, { desk }) => sum + Math.max(0, -desk.freeSlots), this.#line.length)
    const idle = this.#ready.reduce((sum, { desk }) => sum + Math.max(0, desk.freeSlots), 0)
    const starting = (alive.length - this.#ready.length) * concurrency
    const missing = Math.max(0, Math.ceil((waiting - idle - starting) / concurrency))
    return { alive: alive.length, wanted: alive.length + missing }
  }

  /** One worker that has nothing to do may go, while nothing waits. */
  #shrink(): void {
    if (this.#line.length > 0) return
    const idle = this.#ready.find(({ idleMs }) => idleMs >= this.#options.settings.idleMs)
    idle?.retire()
  }

  #leaveReady(worker: HostedWorker): void {
    const index = this.#ready.indexOf(worker)
    if (index >= 0) this.#ready.splice(index, 1)
  }

  #leaveLine(run: JobRun): boolean {
    const index = this.#line.indexOf(run)
    if (index >= 0) this.#line.splice(index, 1)
    return index >= 0
  }

  /** Give the jobs in line to those who can take them. */
  #feed(): void {
    while (this.#line.length > 0) {
      const worker = this.#pick()
      if (worker === undefined) return this.#size.grow()
      const run = this.#line.shift()
      if (run !== undefined) worker.assign(run)
    }
  }

  /** Who has the most room: a free slot, or else a place for a job ahead of its turn. */
  #pick(): HostedWorker | undefined {
    let best: HostedWorker | undefined
    let most = -this.#pipeline.depth * this.#options.settings.concurrency
    for (const worker of this.#ready) {
      const free = worker.desk.freeSlots
      if (free <= most) continue
      best = worker
      most = free
    }
    return best
  }

  async #close(): Promise<void> {
    this.#size.close()
    this.#opening?.reject(new Closed('the pool was stopped before a worker had loaded its tasks'))
    this.#opening = undefined
    for (const worker of this.#workers) {
      if (worker.phase === 'starting') worker.kill('on purpose')
      else worker.retire()
    }
    while (this.#workers.size > 0) await Promise.all([...this.#workers].map(({ gone }) => gone))
    await this.#options.spawner.close()
  }
}
