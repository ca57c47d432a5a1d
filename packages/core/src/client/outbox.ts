import type { Clock } from '../backend/clock.ts'
import type { EnqueueAnswer } from '../backend/new-job.ts'
import type { DeferredJob } from '../deferred/deferred-job.ts'
import type { JobEntry } from '../deferred/job-entry.ts'
import { Waiter } from '../deferred/waiter.ts'
import { Closed } from '../errors/backend-errors.ts'
import { isTaskspaceError } from '../errors/taskspace-error.ts'
import { isUnavailable } from './away.ts'
import { type Batch, cutBatch, type HeldCall } from './cut-batch.ts'
import { refusalError } from './enqueue-refusal.ts'
import type { EnqueueReport } from './enqueue-report.ts'
import type { Feed } from './feed.ts'
import { Gathering, type JobDraft, type Link } from './gathering.ts'
import type { ResultWaits } from './result-waits.ts'
import type { Sweeper } from './sweeper.ts'
import { onTickEnd } from './tick.ts'

/** What an outbox needs. */
export interface OutboxOptions {
  /** Have jobs stored; rejects if that failed, or `deadlineMs` have passed. */
  readonly send: (jobs: readonly JobDraft[], deadlineMs: number) => Promise<readonly EnqueueAnswer[]>
  readonly clock: Clock
  readonly feed: Feed
  readonly waits: ResultWaits
  readonly sweeper: Sweeper
  readonly report: EnqueueReport
  /** How long after it was made a call is given up. */
  readonly timeoutMs: number
}

/**
 * Calls on their way to the backend. Those made in one tick travel together, as few calls of the contract as its limits
 * allow; while these are under way, new ones gather. A lone one never waits.
 */
export class Outbox {
  readonly #options: OutboxOptions
  #gathered: Gathering | undefined
  #sending: Promise<void> | undefined
  #scheduled = false
  /** Calls that wait for something before they are gathered. */
  readonly #held = new Map<DeferredJob, Held>()

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Whether every call was answered. */
  get isIdle(): boolean {
    return this.#gathered === undefined && this.#sending === undefined && this.#held.size === 0
  }

  /** Send a job at the end of this tick. */
  add(entry: DeferredJob, job: JobDraft, links?: readonly Link[]): void {
    this.#gathered ??= new Gathering(this.#options.clock.now())
    this.#gathered.add(entry, job, links)
    if (!this.#scheduled && this.#sending === undefined) this.#schedule()
  }

  /** Send a job once `ready` resolves; if it rejects, that is why the job is not stored. */
  addWhen(ready: Promise<unknown>, entry: DeferredJob, job: JobDraft, links?: readonly Link[]): void {
    const released = ready.catch((error) => entry.lose(error)).then(() => this.#release(entry))
    this.#held.set(entry, { job, links, released })
  }

  /**
   * Resolves when everything added so far, and until then, is answered. Calls that still wait for something after the time
   * in which any enqueue is answered are given up as `Closed`. Never rejects.
   */
  async flushed(): Promise<void> {
    const { clock, timeoutMs } = this.#options
    const late = new AbortController()
    const timer = clock.setTimer(() => late.abort(), timeoutMs)
    while (this.#gathered !== undefined || this.#sending !== undefined || this.#held.size > 0) {
      if (late.signal.aborted) this.#giveUpHeld()
      if (this.#sending === undefined) this.#flush()
      const released = [...this.#held.values()].map((held) => held.released)
      await (this.#sending ?? Promise.race([...released, aborted(late.signal)]))
    }
    timer.cancel()
  }

  #giveUpHeld(): void {
    for (const entry of [...this.#held.keys()]) {
      const text = `closed before job ${entry.id} could be sent: it still waited for a schema or another broker`
      entry.lose(new Closed(text))
      this.#release(entry)
    }
  }

  // Also if it is lost: it is then reported with the others.
  #release(entry: DeferredJob): void {
    const held = this.#held.get(entry)
    if (held === undefined) return
    this.#held.delete(entry)
    this.add(entry, held.job, held.links)
  }

  #schedule(): void {
    this.#scheduled = true
    onTickEnd(this.#flushAtTickEnd)
  }

  readonly #flushAtTickEnd = (): void => {
    this.#scheduled = false
    if (this.#sending === undefined) this.#flush()
  }

  #flush(): void {
    const gathered = this.#gathered
    if (gathered === undefined) return
    this.#gathered = undefined
    this.#sending = this.#sendAll(gathered).then(() => {
      this.#sending = undefined
      if (this.#gathered !== undefined) this.#schedule()
    })
  }

  async #sendAll(gathering: Gathering): Promise<void> {
    for (let start = 0; start < gathering.entries.length; ) {
      const batch = cutBatch(gathering, start)
      start = batch.end
      for (const held of batch.held) this.#hold(held)
      if (batch.jobs.length > 0) await this.#send(batch, gathering)
    }
    this.#options.report.done(gathering)
  }

  #hold({ entry, job, links, awaited }: HeldCall): void {
    this.addWhen(Promise.all(awaited.map(answered)), entry, job, links)
  }

  async #send(batch: Batch, gathering: Gathering): Promise<void> {
    const { feed } = this.#options
    const opening = askForReplies(batch) ? feed.open() : undefined
    if (opening !== undefined) await opening

    const pushed = feed.isOpen ? feed.generation : undefined
    try {
      const answers = await this.#call(batch.jobs, gathering.since)
      const sent = { batch, gathering, pushed }
      for (let index = 0; index < answers.length; index += 1) this.#answer(index, answers[index] as EnqueueAnswer, sent)
    } catch (error) {
      const outcome = isMaybeStored(error) ? 'unknown' : 'rejected'
      for (const entry of batch.entries) entry.lose(error, outcome)
    }
  }

  #call(jobs: readonly JobDraft[], since: number): Promise<readonly EnqueueAnswer[]> {
    const { send, clock, timeoutMs } = this.#options
    return send(jobs, Math.max(0, since + timeoutMs - clock.now()))
  }

  #answer(index: number, answer: EnqueueAnswer, sent: Sent): void {
    const { feed, waits } = this.#options
    const { batch, gathering, pushed } = sent
    const entry = batch.entries[index] as DeferredJob
    const job = batch.jobs[index] as JobDraft
    if (typeof answer === 'object') {
      const links = gathering.links.get(entry) ?? []
      entry.lose(refusalError(answer, { job: entry, batch: batch.entries, links }))
      return
    }
    entry.markStored()
    this.#tellDue(job)
    // Under `existing` the backend owes the push to whoever enqueued the job first.
    const willBePushed = job.reply === true && answer === 'ok' && pushed === feed.generation
    if (entry.isAwaited) waits.stored(entry, willBePushed)
  }

  // The backend tells of it too, but only those who listen.
  #tellDue(job: JobDraft): void {
    const { sweeper } = this.#options
    if (job.runAt !== undefined) sweeper.due(job.runAt)
    else if (job.delayMs !== undefined) sweeper.dueIn(job.delayMs)
  }
}

interface Held {
  readonly job: JobDraft
  readonly links: readonly Link[] | undefined
  readonly released: Promise<void>
}

interface Sent {
  readonly batch: Batch
  readonly gathering: Gathering
  /** Generation of the feed that it was sent under; `undefined` if that was not open. */
  readonly pushed: number | undefined
}

/** Have the outcomes pushed that somebody waits for. Returns whether there are any. */
function askForReplies({ entries, jobs }: Batch): boolean {
  let some = false
  for (let index = 0; index < entries.length; index += 1) {
    if (!entries[index]?.isAwaited) continue
    const job = jobs[index] as JobDraft
    job.reply = true
    some = true
  }
  return some
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function isMaybeStored(error: unknown): boolean {
  if (isTaskspaceError(error, 'STALE_CALL')) return true
  return isUnavailable(error) && error.outcome === 'unknown'
}

/** Resolves when the enqueue of a job is answered, whatever the answer. */
function answered(entry: JobEntry): Promise<unknown> {
  const waiter = new Waiter('stored')
  if (entry.phase === 'gathered') entry.add(waiter)
  else waiter.resolve(undefined)
  return waiter.promise.catch(() => undefined)
}
