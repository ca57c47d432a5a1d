import type { Clock } from '../backend/clock.ts'
import { MAX_BATCH_ITEMS } from '../backend/limits.ts'
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
import { shareOf } from './share.ts'
import type { Sweeper } from './sweeper.ts'
import { onTickEnd } from './tick.ts'

/** What an outbox needs. */
export interface OutboxOptions {
  /** Have jobs stored; rejects if that failed, or `deadlineMs` have passed. */
  readonly send: (jobs: readonly JobDraft[], deadlineMs: number) => Promise<readonly EnqueueAnswer[]>
  /** How many may be under way at once, which are stored in the order in which they were sent. */
  readonly width: number
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
 * allow, but so that what several may carry at once is shared among them: the backend stores some while the client sees to
 * others. While as many are under way as may be, new ones gather. A lone one never waits.
 */
export class Outbox {
  readonly #options: OutboxOptions
  /** What is being sent; what is added meanwhile gathers apart, since it has more time. */
  #current: Gathering | undefined
  #gathered: Gathering | undefined
  readonly #sending = new Set<Promise<void>>()
  #jobsUnderWay = 0
  #isOpening = false
  #scheduled = false
  /** Calls that wait for something before they are gathered. */
  readonly #held = new Map<DeferredJob, Held>()

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Whether every call was answered. */
  get isIdle(): boolean {
    return this.#waiting === undefined && this.#sending.size === 0 && this.#held.size === 0
  }

  /** Send a job at the end of this tick. */
  add(entry: DeferredJob, job: JobDraft, links?: readonly Link[]): void {
    this.#gathered ??= new Gathering(this.#options.clock.now())
    this.#gathered.add(entry, job, links)
    if (!this.#scheduled && this.#maySend) this.#schedule()
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
    while (!this.isIdle) {
      if (late.signal.aborted) this.#giveUpHeld()
      this.#flush()
      const released = [...this.#held.values()].map((held) => held.released)
      await (this.#sending.size > 0 ? Promise.race(this.#sending) : Promise.race([...released, aborted(late.signal)]))
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
    this.#flush()
  }

  /** What is to be sent next. */
  get #waiting(): Gathering | undefined {
    return this.#current ?? this.#gathered
  }

  get #maySend(): boolean {
    return !this.#isOpening && this.#sending.size < this.#options.width
  }

  #flush(): void {
    for (let next = this.#waiting; next !== undefined && this.#maySend; next = this.#waiting) this.#sendOf(next)
  }

  #sendOf(gathering: Gathering): void {
    if (gathering === this.#gathered) this.#gathered = undefined
    const batch = cutBatch(gathering, this.#shareOf(gathering))
    this.#current = gathering.left > 0 ? gathering : undefined
    for (const held of batch.held) this.#hold(held)
    if (batch.jobs.length > 0) this.#send(batch, gathering)
    else this.#finish(gathering)
  }

  /** How many of them the next call carries at most. */
  #shareOf({ left, links }: Gathering): number {
    // Those that need each other travel together.
    return links.size > 0 ? MAX_BATCH_ITEMS : shareOf(left, this.#jobsUnderWay, this.#options.width)
  }

  #send(batch: Batch, gathering: Gathering): void {
    gathering.underWay += 1
    this.#jobsUnderWay += batch.jobs.length
    const sending = this.#deliver(batch, gathering).then(() => {
      this.#sending.delete(sending)
      gathering.underWay -= 1
      this.#jobsUnderWay -= batch.jobs.length
      this.#finish(gathering)
      if (this.#waiting !== undefined && !this.#scheduled) this.#schedule()
    })
    this.#sending.add(sending)
  }

  #finish(gathering: Gathering): void {
    if (gathering.left === 0 && gathering.underWay === 0) this.#options.report.done(gathering)
  }

  #hold({ entry, job, links, awaited }: HeldCall): void {
    this.addWhen(Promise.all(awaited.map(answered)), entry, job, links)
  }

  async #deliver(batch: Batch, gathering: Gathering): Promise<void> {
    const { feed } = this.#options
    const opening = askForReplies(batch) ? feed.open() : undefined
    if (opening !== undefined) {
      this.#waitsForFeed(true)
      // Nothing comes between its end and the call: who asks for a result once it is open asks for jobs that were sent.
      await opening
      this.#waitsForFeed(false)
    }

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

  /** What is made while the feed opens is sent afterwards. */
  #waitsForFeed(waits: boolean): void {
    this.#isOpening = waits
    if (!waits && this.#waiting !== undefined && !this.#scheduled) this.#schedule()
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
