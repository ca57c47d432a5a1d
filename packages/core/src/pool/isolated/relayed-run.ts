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
    if (this.#host.isUrgent) this.#host.flush()
    return stored
  }

  get isUrgent(): boolean {
    return this.#host.isUrgent
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
