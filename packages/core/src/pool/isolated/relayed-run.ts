import type { ClaimedJob } from '../../backend/claim.ts'
import type { AppendAnswer, Settlement } from '../../backend/settlement.ts'
import type { ArgumentValue, JobReport, JobRun } from '../executor.ts'

import type { RunMessage } from './messages.ts'
import { sentError } from './sent-error.ts'
import type { ToHost } from './to-host.ts'

/** Who is told when a run has ended, and when its slot is lent. */
export interface RelayedRunOwner {
  ended(run: RelayedRun): void
  lent(change: 1 | -1): void
  /** A number for a wait, new each time. */
  nextWait(): number
}

/** Between lines that leave at once, and between other news that do, in ms: the code may tell very much. */
const PAUSE_MS = 10

/** A job as it runs in a worker: what it tells and asks goes to the host. */
export class RelayedRun implements JobRun {
  readonly job: ClaimedJob
  readonly values: readonly ArgumentValue[]
  readonly seq: number
  readonly #host: ToHost
  readonly #owner: RelayedRunOwner
  /** For how many jobs it waits. */
  #waits = 0
  #hasEnded = false
  /** When lines, or other news, left at once last. */
  #linesAt = Number.NEGATIVE_INFINITY
  #newsAt = Number.NEGATIVE_INFINITY

  constructor(host: ToHost, owner: RelayedRunOwner, message: RunMessage) {
    this.#host = host
    this.#owner = owner
    this.job = message.job
    this.values = message.values
    this.seq = message.seq
  }

  report(settlement: Settlement, error?: unknown): void {
    const { seq } = this
    if (error === undefined) this.#host.post({ kind: 'done', seq, settlement })
    else this.#host.post({ kind: 'done', seq, settlement, error: sentError(error) })
    this.#hasEnded = true
    if (this.#waits > 0) this.#owner.lent(-1)
    this.#owner.ended(this)
  }

  completed(): void {
    this.#host.post({ kind: 'completed', seq: this.seq })
    // Its host has to know before anything befalls this worker: what is committed is nobody's to do again.
    this.#host.flush()
  }

  began(limitMs: number): void {
    this.#host.post({ kind: 'began', seq: this.seq, limitMs })
    // What follows may keep this thread from sending anything ever again.
    this.#host.flush()
  }

  append(news: JobReport): Promise<AppendAnswer> {
    const stored = this.#host.ask({ kind: 'news', seq: this.seq, news }) as Promise<AppendAnswer>
    this.#hurry(news)
    return stored
  }

  get isUrgent(): boolean {
    return this.#host.isUrgent && performance.now() - this.#linesAt >= PAUSE_MS
  }

  async heartbeat(): Promise<void> {
    await this.#host.ask({ kind: 'heartbeat', seq: this.seq })
  }

  waiting(id: string, until: Promise<unknown>): Promise<void> {
    const wait = this.#owner.nextWait()
    const over = (): void => this.#host.post({ kind: 'waited', wait })
    return this.#host.ask({ kind: 'waiting', seq: this.seq, wait, id }).then(() => {
      this.#lend(until)
      until.then(over, over)
    })
  }

  /** Who asks whether lines are urgent has made a pause before them; other news are here without being asked for. */
  #hurry({ lines }: JobReport): void {
    if (!this.#host.isUrgent) return
    const now = performance.now()
    if (lines === undefined && now - this.#newsAt < PAUSE_MS) return
    if (lines === undefined) this.#newsAt = now
    else this.#linesAt = now
    this.#host.flush()
  }

  #lend(until: Promise<unknown>): void {
    if (this.#hasEnded) return
    this.#waits += 1
    if (this.#waits === 1) this.#owner.lent(1)
    const over = (): void => {
      this.#waits -= 1
      if (this.#waits === 0 && !this.#hasEnded) this.#owner.lent(-1)
    }
    until.then(over, over)
  }
}
