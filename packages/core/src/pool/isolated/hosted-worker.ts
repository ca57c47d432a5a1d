import { onTickEnd } from '../../client/tick.ts'
import type { JobRun } from '../executor.ts'
import { type Crash, crashOf, crashOfFault } from './crash.ts'
import { HostRelay } from './host-relay.ts'
import type { HostedWorkerOptions, HostedWorkerOwner, WorkerPhase } from './hosted-worker-owner.ts'
import type { FromWorker, TaskNote, ToWorker } from './messages.ts'
import { receivedError } from './sent-error.ts'
import { stackReport } from './stack-report.ts'
import { WorkerDesk } from './worker-desk.ts'
import type { WorkerExit, WorkerLink } from './worker-link.ts'
import { WorkerMeter, type WorkerStats } from './worker-stats.ts'

/** How long a worker may take to end when it was asked to, before it is forced, in ms. */
const KILL_MS = 150

/** How long an idle worker may take to leave, in ms. */
const LEAVE_MS = 3_000

/** One worker, as its host sees it: from its start to its end. */
export class HostedWorker {
  readonly desk: WorkerDesk
  /** Resolves when it is gone and nothing of it is left; never rejects. */
  readonly gone: Promise<void>
  readonly #options: HostedWorkerOptions
  readonly #owner: HostedWorkerOwner
  readonly #link: WorkerLink
  readonly #relay: HostRelay
  readonly #meter: WorkerMeter
  #phase: WorkerPhase = 'starting'
  #wasReady = false
  #batch: ToWorker[] = []
  #jobsSent = 0
  #idleSince = performance.now()
  #culprit: number | undefined
  #cause: Crash | 'on purpose' | undefined
  #timer: NodeJS.Timeout

  constructor(options: HostedWorkerOptions, owner: HostedWorkerOwner) {
    const { spawner, setup, startTimeoutMs, host } = options
    this.#options = options
    this.#owner = owner
    this.#link = spawner.spawn({
      output: (stream, lines) => owner.output(this, stream, lines),
      stackWanted: () => void this.logStack(),
    })
    this.#meter = new WorkerMeter(this.#link)
    const post = (message: ToWorker): void => this.#post(message)
    this.desk = new WorkerDesk({
      ...{ link: this.#link, codec: host.codec, concurrency: setup.concurrency, post },
      unstarted: (runs, late) => owner.unstarted(runs, late),
      lent: () => owner.lent(this),
    })
    this.#relay = new HostRelay({ queue: host.queue, logger: host.logger, post, jobs: (ask) => this.desk.answer(ask) })
    this.#link.onMessages((batch) => this.#receive(batch))
    this.gone = this.#link.exited.then((exit) => this.#exited(exit))
    this.#link.send([setup])
    this.#timer = setTimeout(() => this.#late(), startTimeoutMs)
  }

  get label(): string {
    return this.#link.label
  }

  get phase(): WorkerPhase {
    return this.#phase
  }

  /** For how long it has had nothing to do, in ms; 0 if it has. */
  get idleMs(): number {
    return this.desk.load > 0 ? 0 : performance.now() - this.#idleSince
  }

  /** Send it a job. */
  assign(run: JobRun): void {
    this.desk.assign(run)
    this.#jobsSent += 1
    if (this.#jobsSent >= this.#options.maxJobs) this.#retire()
  }

  /** Send it no more jobs, and take back what waits there for its turn; it ends when it has none. */
  retire(): void {
    if (this.#phase !== 'ready') return
    if (this.desk.load > 0) this.#post({ kind: 'skip-waiting' })
    this.#retire()
  }

  /** What it is, does and takes; `undefined`: it has ended. Never rejects. */
  async stats(): Promise<WorkerStats | undefined> {
    const measured = await this.#meter.read()
    if (this.#phase === 'ended') return undefined
    const running = this.desk.begunRuns.length
    return { label: this.label, state: this.#phase, running, jobs: this.#jobsSent, ...measured }
  }

  /** Log where its code is. Never rejects. */
  async logStack(): Promise<void> {
    const stack = await this.#link.stack()
    if (this.#phase !== 'ended') this.#owner.stack(this, stackReport(this.label, this.desk.begunRuns, stack))
  }

  /**
   * End it now: politely first where its kind can be, then by force. `cause` says that it is to blame itself; what it runs
   * goes back else.
   */
  kill(cause: Crash | 'on purpose'): void {
    if (this.#phase === 'dying' || this.#phase === 'ended') return
    this.#phase = 'dying'
    this.#cause = cause
    clearTimeout(this.#timer)
    this.#link.terminate('ask')
    this.#timer = setTimeout(() => this.#link.terminate('force'), KILL_MS)
    // Who did not come up is replaced after a pause, when it has ended.
    if (this.#wasReady) this.#owner.retired(this)
  }

  #retire(): void {
    this.#phase = 'leaving'
    this.#owner.retired(this)
    this.#leaveIfIdle()
  }

  #leaveIfIdle(): void {
    if (this.#phase !== 'leaving' || this.desk.load > 0) return
    this.#post({ kind: 'leave' })
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.kill('on purpose'), LEAVE_MS)
  }

  #late(): void {
    const seconds = this.#options.startTimeoutMs / 1000
    this.kill({ reason: 'start-timeout', text: `its module was not loaded within ${seconds} s` })
  }

  #post(message: ToWorker): void {
    if (this.#batch.push(message) > 1) return
    onTickEnd(() => {
      const batch = this.#batch
      this.#batch = []
      this.#link.send(batch)
    })
  }

  #receive(batch: readonly FromWorker[]): void {
    for (const message of batch) this.#take(message)
    this.#leaveIfIdle()
  }

  #take(message: FromWorker): void {
    switch (message.kind) {
      case 'done':
        this.desk.done(message)
        break
      case 'worked':
        this.#idleSince = performance.now()
        this.#owner.worked(message.jobs, message.ms)
        break
      case 'skipped':
        this.desk.skipped(message.seq)
        break
      case 'began':
        this.desk.began(message.seq, message.limitMs)
        break
      case 'waited':
        this.desk.waited(message.wait)
        break
      case 'completed':
        this.desk.completed(message.seq)
        break
      case 'ask':
        void this.#relay.answer(message.ask, message.what)
        break
      case 'unask':
        this.#relay.breakOff(message.ask)
        break
      case 'unwatch':
      case 'unfollow':
        this.#relay.forget(message.kind, message.subscription, message.ids)
        break
      default:
        this.#takeState(message)
    }
  }

  #takeState(
    message: Extract<
      FromWorker,
      { readonly kind: 'ready' | 'load-failed' | 'fault' | 'exiting' | 'full' | 'paused' | 'retire' }
    >,
  ): void {
    switch (message.kind) {
      case 'ready':
        this.#ready(message.tasks)
        break
      case 'load-failed': {
        const error = receivedError(message.error)
        this.kill({ reason: 'load-failed', text: `${error.name}: ${error.message}`, error })
        break
      }
      case 'paused':
        this.#pause(message.paused)
        break
      case 'retire':
        this.#options.host.logger.info(`worker ${this.label} was told to end: it is replaced`)
        this.retire()
        break
      case 'fault':
        this.#fault(message)
        break
      case 'exiting':
        this.#culprit = message.seq
        break
      case 'full': {
        const megabytes = Math.round(message.bytes / 2 ** 20)
        this.#options.host.logger.info(`worker ${this.label} takes ${megabytes} MB: it is replaced`)
        this.retire()
      }
    }
  }

  #ready(tasks: Readonly<Record<string, TaskNote>>): void {
    if (this.#phase !== 'starting') return
    clearTimeout(this.#timer)
    this.#phase = 'ready'
    this.#wasReady = true
    this.#idleSince = performance.now()
    this.#owner.ready(this, tasks)
  }

  #pause(paused: boolean): void {
    if (this.#phase !== 'ready') return
    this.#options.host.logger.info(`worker ${this.label} is ${paused ? 'paused' : 'resumed'}`)
    this.#owner.paused(this, paused)
  }

  /** The job that it belongs to has crashed; no other has. The worker is of no use any more. */
  #fault({ reason, seq, task, error }: Extract<FromWorker, { readonly kind: 'fault' }>): void {
    const crash = crashOfFault(reason, error)
    const where = task === undefined ? '' : ` of task ${task}`
    this.#options.host.logger.error(`${crash.text} in worker ${this.label}${where}`, receivedError(error))
    if (this.#phase === 'starting') this.kill(crash)
    const isItsJob = seq !== undefined && this.desk.hasNumber(seq)
    // Its code may go on as long as the worker does: where nobody else runs, it ends with it.
    if (isItsJob && this.#options.setup.concurrency === 1) this.kill('on purpose')
    else this.retire()
    if (isItsJob) this.desk.crash(seq, crash)
  }

  #exited(exit: WorkerExit): Promise<void> {
    clearTimeout(this.#timer)
    const crash = this.#crashOf(exit)
    this.#phase = 'ended'
    // First, since each job that ends makes room for the next one, which must not come here.
    if (this.#wasReady) this.#owner.retired(this)
    this.desk.end(crash, this.#culprit)
    this.#owner.ended(this, crash, this.#wasReady)
    return this.#relay.close()
  }

  #crashOf(exit: WorkerExit): Crash | undefined {
    if (this.#cause === 'on purpose') return undefined
    if (this.#cause !== undefined) return this.#cause
    const left = this.#phase === 'leaving' && this.desk.load === 0
    return left ? undefined : crashOf(exit)
  }
}
