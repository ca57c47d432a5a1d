import type { Settlement } from '../../backend/settlement.ts'
import type { Codec } from '../../codec/codec.ts'
import { sealedFor } from '../../codec/sealing.ts'
import { LeaseLost } from '../../errors/job-errors.ts'
import type { JobRun, StopReason } from '../executor.ts'
import { type Assignment, Assignments, endWaits, suspects } from './assignment.ts'
import { type Crash, crashSettlement } from './crash.ts'
import type { Ask, FromWorker, RunMessage, ToWorker } from './messages.ts'
import { receivedError } from './sent-error.ts'
import { monotonicMs, type WorkerLink } from './worker-link.ts'

/** What a desk works with. */
export interface WorkerDeskOptions {
  readonly link: Pick<WorkerLink, 'lastBegun' | 'label'>
  readonly codec: Codec
  readonly concurrency: number
  readonly post: (message: ToWorker) => void
  /** These were not started and are free to run elsewhere; `late`: because they did not get their turn in time. */
  readonly unstarted: (runs: readonly JobRun[], late: boolean) => void
  /** A job may run in the place of one that waits. */
  readonly lent: () => void
}

/** What is asked about a job. */
type JobAsk = Extract<Ask, { readonly seq: number }>

/** What became of the worker of a job that shared it with one that had to be ended. */
const ENDED: Crash = { reason: 'ended', text: 'it was ended for the sake of another job' }

/** How long a job that is sent ahead of its turn waits for it, before another worker may have it, in ms. */
const PATIENCE_MS = 25

/** The jobs of one worker, at its host: what is sent there, and what becomes of it. */
export class WorkerDesk {
  readonly #options: WorkerDeskOptions
  readonly #jobs = new Assignments()
  #lent = 0
  #recall: NodeJS.Timeout | undefined

  constructor(options: WorkerDeskOptions) {
    this.#options = options
  }

  /** Jobs that it has. */
  get load(): number {
    return this.#jobs.size
  }

  /** Jobs that it could start at once; below 0 where some wait for their turn. */
  get freeSlots(): number {
    return this.#options.concurrency + this.#lent - this.#jobs.size
  }

  /** The job whose code runs, where that can only be one. */
  get onlyRun(): JobRun | undefined {
    const [running, other] = suspects(this.#jobs.begun(this.#options.link.lastBegun()), this.#options.concurrency)
    return other === undefined ? running?.run : undefined
  }

  /** The jobs that it has begun, and that have not ended. */
  get begunRuns(): readonly JobRun[] {
    return this.#jobs.begun(this.#options.link.lastBegun()).map(({ run }) => run)
  }

  /** Send it a job; ahead of its turn, if there is no slot free. */
  assign(run: JobRun): void {
    const { job, values } = run
    const startBy = this.freeSlots > 0 ? undefined : monotonicMs() + PATIENCE_MS
    const { seq } = this.#jobs.add(run, startBy)
    const message: RunMessage = { kind: 'run', seq, job, values }
    this.#options.post(startBy === undefined ? message : { ...message, startBy })
    if (startBy !== undefined && this.#recall === undefined) this.#recallAt(startBy)
  }

  has(run: JobRun): boolean {
    return this.#jobs.find(run) !== undefined
  }

  /** Tell a job to stop; false if it is not here. */
  stop(run: JobRun, reason: StopReason): boolean {
    const assignment = this.#jobs.find(run)
    if (assignment === undefined) return false
    assignment.told = true
    this.#options.post({ kind: 'stop', seq: assignment.seq, reason })
    return true
  }

  /** What the job of this number has come to. */
  done({ seq, settlement, error }: Extract<FromWorker, { readonly kind: 'done' }>): void {
    const assignment = this.#jobs.take(seq)
    // Bytes came here as a copy that nobody else has.
    if (settlement.kind === 'success') sealedFor(this.#options.codec, settlement.value)
    assignment?.run.report(settlement, error === undefined ? undefined : receivedError(error))
  }

  /** The worker did not start it. */
  skipped(seq: number): void {
    const assignment = this.#jobs.take(seq)
    if (assignment !== undefined) this.#free([assignment], false)
  }

  /** Its code begins. */
  began(seq: number, limitMs: number): void {
    this.#jobs.get(seq)?.run.began(limitMs)
  }

  /** Its task has completed it in a transaction of its own. */
  completed(seq: number): void {
    this.#jobs.get(seq)?.run.completed?.()
  }

  /** A job of it has not to be waited for any more. */
  waited(wait: number): void {
    this.#jobs.endWait(wait)
  }

  /** Answer what a job asks. @throws LeaseLost for one that is not here any more; what its pool says. */
  async answer(ask: JobAsk): Promise<unknown> {
    const assignment = this.#jobs.get(ask.seq)
    if (assignment === undefined) {
      if (ask.kind === 'heartbeat') throw new LeaseLost(String(ask.seq))
      return ask.kind === 'news' ? 'lost' : undefined
    }
    if (ask.kind === 'news') return assignment.run.append(ask.news)
    if (ask.kind === 'heartbeat') return assignment.run.heartbeat()
    return this.#wait(assignment, ask.wait, ask.id)
  }

  /** Whether it has the job of this number. */
  hasNumber(seq: number): boolean {
    return this.#jobs.get(seq) !== undefined
  }

  /** A job has brought its worker down, or will: that is what it comes to. */
  crash(seq: number, crash: Crash): void {
    const assignment = this.#jobs.take(seq)
    if (assignment !== undefined) this.#reportCrash(assignment, crash)
  }

  /**
   * The worker is gone. Without a `crash` it was ended on purpose, and nobody is to blame; else the job `culprit`, if it
   * is known, or those whose code may have run. Others that had begun are charged as well if they may be of those that
   * must not run twice, which are never claimed ahead.
   */
  end(crash: Crash | undefined, culprit: number | undefined): void {
    clearTimeout(this.#recall)
    const { concurrency, link } = this.#options
    const { begun, unbegun } = this.#jobs.takeAll(link.lastBegun())
    const known = begun.filter(({ seq }) => seq === culprit)
    const blamed = known.length > 0 ? known : suspects(begun, concurrency + this.#lent)
    for (const assignment of begun) {
      if (crash !== undefined && blamed.includes(assignment)) this.#reportCrash(assignment, crash)
      else if (!assignment.run.job.ahead) this.#reportCrash(assignment, crash ?? ENDED)
      else assignment.run.report(returnedRun(assignment.run))
      endWaits(assignment)
    }
    this.#free(unbegun, false)
  }

  #reportCrash({ run }: Assignment, crash: Crash): void {
    const { codec, link } = this.#options
    run.report(crashSettlement(run, crash, link.label, codec))
  }

  /** Those told to stop have done so; the others may run elsewhere. */
  #free(assignments: readonly Assignment[], late: boolean): void {
    for (const { told, run } of assignments) if (told) run.report(returnedRun(run))
    const runs = assignments.filter(({ told }) => !told).map(({ run }) => run)
    if (runs.length > 0) this.#options.unstarted(runs, late)
  }

  #wait(assignment: Assignment, wait: number, id: string): Promise<void> | undefined {
    let end = (): void => undefined
    const until = new Promise<void>((resolve) => {
      end = resolve
    })
    // Before the wait counts, so that one that is refused leaves nothing.
    const allowed = assignment.run.waiting(id, until)
    if (assignment.waits.size === 0) this.#lent += 1
    assignment.waits.set(wait, () => {
      assignment.waits.delete(wait)
      if (assignment.waits.size === 0) this.#lent -= 1
      end()
    })
    this.#options.lent()
    return allowed
  }

  #recallAt(startBy: number): void {
    this.#recall = setTimeout(() => this.#takeOverdue(), Math.max(1, startBy - monotonicMs() + 1))
  }

  /** What has not begun in time is free to run elsewhere, also while the worker does not answer. */
  #takeOverdue(): void {
    this.#recall = undefined
    // The clock first: what begins after that sees that it is too late.
    const now = monotonicMs()
    const lastBegun = this.#options.link.lastBegun()
    this.#free(this.#jobs.takeOverdue(lastBegun, now), true)
    const next = this.#jobs.nextStartBy(lastBegun)
    if (next !== undefined) this.#recallAt(next)
  }
}

/** The job goes back as if it had not been claimed. */
export function returnedRun({ job }: JobRun): Settlement {
  return { kind: 'return', id: job.id, token: job.token }
}
