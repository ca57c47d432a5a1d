import type { ClaimedJob, ClaimedValue } from '../backend/claim.ts'
import type { Timer } from '../backend/clock.ts'
import type { AppendAnswer, Settlement } from '../backend/settlement.ts'
import type { ArgumentValue, JobReport, JobRun, StopReason } from './executor.ts'

/** What a run of a job is answered by. */
export interface RunOwner {
  reported(run: HeldRun, settlement: Settlement, error: unknown): void
  append(run: HeldRun, news: JobReport): Promise<AppendAnswer>
  heartbeat(run: HeldRun): Promise<void>
  waiting(run: HeldRun, id: string, until: Promise<unknown>): void
  began(run: HeldRun, limitMs: number): void
}

/**
 * `ready` claimed, and waits for its turn · `loading` has a slot, and large arguments are read · `running` ·
 * `over` its slot is free: it was reported, or given up
 */
export type RunPhase = 'ready' | 'loading' | 'running' | 'over'

const NO_VALUES: readonly ArgumentValue[] = []

/** A claimed job as its pool sees it, from the claim to the end of its code. */
export class HeldRun implements JobRun {
  readonly job: ClaimedJob
  /** Its arguments as the claim brought them, where some are to be read yet. */
  readonly unread: readonly ClaimedValue[] | undefined
  values: readonly ArgumentValue[]
  phase: RunPhase = 'ready'
  /** Where it stands among what the pool holds; -1 if it is not the pool's: not yet, settled, or lost. */
  place = -1
  /** Why it was told to stop, once it was. */
  stopReason: StopReason | undefined
  /** Whether it will be given up if it goes on. */
  isInGrace = false
  /** When it will be given up, in ms of the pool's clock, once it was told to stop. */
  graceEnd = Number.POSITIVE_INFINITY
  /** Its time limit while it runs, its grace once that has begun. */
  timer: Timer | undefined
  /** In ms of `performance.now()`. */
  startedAt = 0
  /** For how many jobs it waits. */
  waits = 0
  /** The task has completed the job in a transaction of its own. */
  isCompleted = false
  /** The beat of the pool in which it was claimed. */
  readonly beat: number
  readonly #owner: RunOwner

  constructor(owner: RunOwner, job: ClaimedJob, table: readonly ClaimedValue[], beat: number) {
    this.#owner = owner
    this.job = job
    this.beat = beat
    const values = job.args?.map((index) => table[index] as ClaimedValue) ?? NO_VALUES
    const complete = values.every(isThere)
    this.values = complete ? values : NO_VALUES
    this.unread = complete ? undefined : values
  }

  /** Whether the job is the pool's. */
  get isHeld(): boolean {
    return this.place >= 0
  }

  report(settlement: Settlement, error?: unknown): void {
    this.#owner.reported(this, settlement, error)
  }

  append(news: JobReport): Promise<AppendAnswer> {
    return this.#owner.append(this, news)
  }

  heartbeat(): Promise<void> {
    return this.#owner.heartbeat(this)
  }

  completed(): void {
    this.isCompleted = true
  }

  waiting(id: string, until: Promise<unknown>): undefined {
    this.#owner.waiting(this, id, until)
  }

  began(limitMs: number): void {
    this.#owner.began(this, limitMs)
  }
}

function isThere(value: ClaimedValue): value is ArgumentValue {
  return value.kind !== 'large'
}
