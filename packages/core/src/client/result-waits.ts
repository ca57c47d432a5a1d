import type { Clock, Timer } from '../backend/clock.ts'
import { MAX_BATCH_ITEMS } from '../backend/limits.ts'
import type { JobOutcome } from '../backend/outcome.ts'
import type { TaskQueue } from '../backend/task-queue.ts'
import type { Codec } from '../codec/codec.ts'
import type { JobEntry } from '../deferred/job-entry.ts'
import { Closed } from '../errors/backend-errors.ts'
import { FleetingMap } from '../fleeting-map.ts'
import type { Logger } from '../logger.ts'
import { isAway } from './away.ts'
import { type Ending, endingOf, endingWith, type LargeOutcome, settleEntry } from './ending.ts'
import type { Feed } from './feed.ts'
import { readLargeValue } from './large-value.ts'
import { reconnectDelayMs } from './pause.ts'
import type { Session } from './session.ts'
import { onTickEnd } from './tick.ts'

/** Open waits are asked for anew this often: any push may be lost. */
const REFRESH_MS = 15_000

/** What result waits need. */
export interface ResultWaitsOptions {
  readonly queue: TaskQueue
  readonly codec: Codec
  readonly session: Session
  readonly clock: Clock
  readonly logger: Logger
  readonly feed: Feed
}

/**
 * Everybody who waits for a job to end, over one subscription: outcomes of jobs enqueued with `reply` come by themselves,
 * others are asked for, together for each tick.
 */
export class ResultWaits {
  readonly #options: ResultWaitsOptions
  /** By job; a set where there are several handles on one. */
  readonly #entries = new FleetingMap<string, JobEntry | Set<JobEntry>>()
  /** Pushed before the enqueue was answered: it may be the outcome of another job that has the id. */
  readonly #early = new Set<JobEntry>()
  readonly #reading = new Set<string>()
  #asked = new Set<string>()
  #forgotten = new Set<string>()
  #flushing = false
  #refresh: Timer | undefined
  #failures = 0
  #closed = false

  constructor(options: ResultWaitsOptions) {
    this.#options = options
  }

  /** How many jobs are waited for. */
  get size(): number {
    return this.#entries.size
  }

  /** Somebody waits for this job, and nobody did before. @throws Closed */
  add(entry: JobEntry): void {
    if (this.#closed) throw new Closed('the broker is closed: nothing more is told about its jobs')
    const others = this.#entries.get(entry.id)
    if (others instanceof Set) others.add(entry)
    else this.#entries.set(entry.id, others === undefined ? entry : new Set([others, entry]))
    if (entry.phase !== 'gathered') this.#ask(entry.id)
    this.#refresh ??= this.#options.clock.setTimer(() => this.#askAll(), REFRESH_MS, true)
  }

  /** Its enqueue was accepted. `pushed`: its outcome will come by itself. */
  stored(entry: JobEntry, pushed: boolean): void {
    const wasEarly = this.#early.delete(entry)
    if (!pushed || wasEarly) this.#ask(entry.id)
  }

  /** Nobody waits for this job any more. */
  drop(entry: JobEntry): void {
    this.#early.delete(entry)
    if (this.#remove(entry)) this.#forgotten.add(entry.id)
    this.#flushSoon()
  }

  /** Outcomes have come. */
  tell(outcomes: readonly JobOutcome[]): void {
    for (const outcome of outcomes) this.#tellOne(outcome)
  }

  /** Ask anew for everything: pushes may have been lost. */
  askAll(): void {
    for (const [id, waiting] of this.#entries) {
      if (listOf(waiting).some(isAskable)) this.#asked.add(id)
    }
    if (this.#asked.size > 0) this.#flushSoon()
  }

  /** Whoever waits is told that nothing more comes. Idempotent. */
  close(): void {
    this.#closed = true
    this.#refresh?.cancel()
    const all = this.#entries.values().flatMap(listOf)
    this.#entries.clear()
    this.#early.clear()
    for (const entry of all) entry.rejectAll(new Closed(`closed while waiting for job ${entry.id}; the job goes on`))
  }

  #askAll(): void {
    this.#refresh = undefined
    if (this.#entries.size === 0) return
    this.#refresh = this.#options.clock.setTimer(() => this.#askAll(), REFRESH_MS, true)
    this.askAll()
  }

  #ask(id: string): void {
    this.#asked.add(id)
    this.#flushSoon()
  }

  #flushSoon(): void {
    if (this.#flushing || this.#closed) return
    this.#flushing = true
    onTickEnd(() => void this.#flush())
  }

  async #flush(): Promise<void> {
    const { feed } = this.#options
    this.#flushing = false
    const opening = feed.open()
    if (opening !== undefined) await opening
    // Both sets are read here, so that nothing asked while it opened is left behind.
    const asked = [...this.#asked].filter((id) => this.#entries.has(id))
    const forgotten = [...this.#forgotten].filter((id) => !this.#entries.has(id))
    this.#asked = new Set()
    this.#forgotten = new Set()
    if (forgotten.length > 0) feed.unwatch(forgotten)
    if (feed.isOpen) await this.#watch(asked)
  }

  async #watch(ids: readonly string[]): Promise<void> {
    const { session, feed } = this.#options
    try {
      // A call that was given up may still arrive, unless the session has moved on: what is unknown now stays unknown.
      await session.reconcile()
      for (let from = 0; from < ids.length; from += MAX_BATCH_ITEMS) {
        await feed.watch(ids.slice(from, from + MAX_BATCH_ITEMS))
      }
      this.#failures = 0
    } catch (error) {
      if (!this.#closed) this.#tryLater(ids, error)
    }
  }

  #tryLater(ids: readonly string[], error: unknown): void {
    const { clock, logger } = this.#options
    if (!isAway(error)) logger.error('cannot ask for results', error)
    this.#failures += 1
    const again = (): void => {
      for (const id of ids) this.#asked.add(id)
      this.#flushSoon()
    }
    clock.setTimer(again, reconnectDelayMs(this.#failures), true)
  }

  #tellOne(outcome: JobOutcome): void {
    const waiting = this.#entries.get(outcome.id)
    if (waiting === undefined) return
    if ('large' in outcome) void this.#readLarge(outcome)
    else this.#endAll(waiting, endingOf(this.#options.codec, outcome))
  }

  async #readLarge(outcome: LargeOutcome): Promise<void> {
    if (this.#reading.has(outcome.id)) return
    const { queue, codec } = this.#options
    this.#reading.add(outcome.id)
    try {
      this.#end(outcome.id, endingWith(codec, await readLargeValue(queue, outcome.large)))
    } catch (error) {
      // Open waits are asked for anew, and so learn of it once the backend is back.
      if (!isAway(error)) this.#end(outcome.id, { phase: 'failure', held: error, state: 'success' })
    } finally {
      this.#reading.delete(outcome.id)
    }
  }

  #end(id: string, ending: Ending): void {
    const waiting = this.#entries.get(id)
    if (waiting !== undefined) this.#endAll(waiting, ending)
  }

  #endAll(waiting: JobEntry | Set<JobEntry>, ending: Ending): void {
    if (waiting instanceof Set) for (const entry of waiting) this.#endOne(entry, ending)
    else this.#endOne(waiting, ending, true)
  }

  #endOne(entry: JobEntry, ending: Ending, isOnly = false): void {
    if (!isAskable(entry)) {
      this.#early.add(entry)
      return
    }
    if (isOnly) this.#entries.delete(entry.id)
    else this.#remove(entry)
    settleEntry(entry, ending)
  }

  /** Returns whether nobody else waits for the job. */
  #remove(entry: JobEntry): boolean {
    const waiting = this.#entries.get(entry.id)
    if (waiting === entry) return this.#entries.delete(entry.id)
    if (!(waiting instanceof Set)) return true
    waiting.delete(entry)
    return waiting.size === 0 && this.#entries.delete(entry.id)
  }
}

function listOf(waiting: JobEntry | Set<JobEntry>): readonly JobEntry[] {
  return waiting instanceof Set ? [...waiting] : [waiting]
}

function isAskable(entry: JobEntry): boolean {
  return entry.phase === 'stored' || entry.phase === 'unknown'
}
