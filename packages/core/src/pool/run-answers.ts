import type { AppendAnswer, Settlement } from '../backend/settlement.ts'
import { LeaseLost } from '../errors/job-errors.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { JobReport } from './executor.ts'
import type { HeldRun, RunOwner } from './held-run.ts'
import type { Lease } from './lease.ts'
import type { NewsDesk } from './news-desk.ts'

/** Answers what runs tell and ask their pool. */
export class RunAnswers implements RunOwner {
  readonly #dispatcher: Dispatcher
  readonly #news: NewsDesk
  readonly #lease: Lease

  constructor(dispatcher: Dispatcher, news: NewsDesk, lease: Lease) {
    this.#dispatcher = dispatcher
    this.#news = news
    this.#lease = lease
  }

  reported(run: HeldRun, settlement: Settlement, error: unknown): void {
    this.#dispatcher.reported(run, settlement, error)
  }

  append(run: HeldRun, news: JobReport): Promise<AppendAnswer> {
    return run.isHeld ? this.#news.add(run, news) : Promise.resolve('lost')
  }

  async heartbeat(run: HeldRun): Promise<void> {
    if (run.isHeld) await this.#lease.renew()
    if (!run.isHeld) throw new LeaseLost(run.job.id)
  }

  waiting(run: HeldRun, id: string, until: Promise<unknown>): void {
    this.#dispatcher.waiting(run, id, until)
  }

  began(run: HeldRun, limitMs: number): void {
    this.#dispatcher.began(run, limitMs)
  }
}
