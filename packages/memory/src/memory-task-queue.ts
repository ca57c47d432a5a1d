import {
  type AppendAnswer,
  type AppendEntry,
  type Call,
  type ClaimReply,
  type ClaimRequest,
  type Clock,
  Closed,
  type Command,
  type ControlAnswer,
  type EnqueueAnswer,
  type HeldJob,
  type JobRecord,
  type JournalPage,
  type NewJob,
  type QueueCounts,
  type RenewReply,
  type ResumeReply,
  type SessionListener,
  type SessionSighting,
  type SessionSpec,
  type Settlement,
  type SettleReply,
  type Subscription,
  type SweepReply,
  systemClock,
  TaskQueue,
  type ValueChunk,
  type ValueRef,
} from '@taskspace/core/backend'
import { appendAll } from './append.ts'
import { take, takeAgain } from './claim.ts'
import { checkCommands, controlAll } from './control.ts'
import { enqueueAll } from './enqueue.ts'
import { admit, liveSession, remember } from './numbered-calls.ts'
import { recordOf } from './record.ts'
import { renew, resume } from './renewal.ts'
import { findResult } from './results.ts'
import { closeSession } from './session-end.ts'
import type { SessionState } from './session-state.ts'
import { settleAll } from './settle.ts'
import { begin, sightings } from './sightings.ts'
import type { Store } from './store.ts'
import { closeStore, openStore } from './store-registry.ts'
import { subscribe } from './subscription.ts'
import { sweep } from './sweep.ts'
import { chunkOf } from './value-chunk.ts'
import { ClaimWait } from './waiting-claims.ts'
import { workOff } from './work-off.ts'

/** How to open an in-memory queue. */
export interface MemoryTaskQueueOptions {
  /** Names the store; queues with the same URL and namespace in one process share it. Default `memory:`. */
  readonly url?: string
  /** Default `taskspace`. */
  readonly namespace?: string
  /** Where its time comes from; default the machine's clock. All who share a store share its clock. */
  readonly clock?: Clock
}

const NO_JOBS: readonly never[] = []

/**
 * A backend in the memory of this process, and the reference for the others. It keeps every promise of the contract for
 * as long as one queue on its store is open. It sets no timer but for claims that wait.
 */
export class MemoryTaskQueue extends TaskQueue {
  override readonly pipelines = true
  readonly url: string
  readonly namespace: string
  readonly #clock: Clock | undefined
  readonly #waits = new Set<ClaimWait>()
  #store: Store | undefined
  #isClosed = false

  constructor(options: MemoryTaskQueueOptions = {}) {
    super()
    this.url = options.url ?? 'memory:'
    this.namespace = options.namespace ?? 'taskspace'
    this.#clock = options.clock
  }

  async open(): Promise<void> {
    if (this.#isClosed) throw new Closed('this in-memory queue is closed')
    this.#store ??= openStore(this.url, this.namespace, this.#clock, systemClock)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const wait of this.#waits) wait.giveUp()
    if (this.#store !== undefined) closeStore(this.url, this.namespace)
    this.#store = undefined
  }

  async begin(spec: SessionSpec): Promise<void> {
    begin(this.#live, spec)
  }

  async end(id: string): Promise<void> {
    const store = this.#live
    const session = store.sessions.get(id)
    if (session === undefined) return
    closeSession(store, session)
    workOff(store, store.now())
  }

  async renew(id: string): Promise<RenewReply> {
    return renew(this.#live, liveSession(this.#live, id))
  }

  async resume(id: string, epoch: number, held: readonly HeldJob[]): Promise<ResumeReply> {
    return resume(this.#live, liveSession(this.#live, id), epoch, held)
  }

  async listen(id: string, listener: SessionListener): Promise<Subscription> {
    return subscribe(this.#live, liveSession(this.#live, id), listener)
  }

  async enqueue(call: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    const { session, applied } = admit(this.#live, call)
    if (applied !== undefined) return applied.answers as readonly EnqueueAnswer[]
    const answers = enqueueAll(this.#live, session, jobs)
    remember(session, call, { answers, claimed: NO_JOBS })
    return answers
  }

  async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    const store = this.#live
    const { session, applied } = admit(store, call)
    if (applied !== undefined) return takeAgain(store, session, applied.claimed)
    workOff(store, store.now())
    const reply = this.#take(call, session, request)
    if (reply.jobs.length > 0 || waitMs <= 0 || signal?.aborted) return reply
    return this.#waitFor(() => this.#takeLater(call, request), { request, waitMs, signal })
  }

  async settle(call: Call, settlements: readonly Settlement[], request?: ClaimRequest): Promise<SettleReply> {
    const store = this.#live
    const { session, applied } = admit(store, call)
    if (applied !== undefined) {
      const answers = applied.answers as SettleReply['answers']
      return request === undefined ? { answers } : { answers, claim: takeAgain(store, session, applied.claimed) }
    }
    const answers = settleAll(store, settlements)
    const claim = request === undefined ? undefined : take(store, session, request)
    remember(session, call, { answers, claimed: claim?.jobs ?? NO_JOBS })
    return claim === undefined ? { answers } : { answers, claim }
  }

  async sightings(owner: string): Promise<readonly SessionSighting[]> {
    return sightings(this.#live, owner)
  }

  async append(call: Call, entries: readonly AppendEntry[]): Promise<readonly AppendAnswer[]> {
    const { session, applied } = admit(this.#live, call)
    if (applied !== undefined) return applied.answers as readonly AppendAnswer[]
    const answers = appendAll(this.#live, entries)
    remember(session, call, { answers, claimed: NO_JOBS })
    return answers
  }

  async control(call: Call, commands: readonly Command[]): Promise<readonly ControlAnswer[]> {
    const { session, applied } = admit(this.#live, call)
    if (applied !== undefined) return applied.answers as readonly ControlAnswer[]
    checkCommands(commands)
    const answers = controlAll(this.#live, commands)
    remember(session, call, { answers, claimed: NO_JOBS })
    return answers
  }

  async read(ids: readonly string[]): Promise<readonly (JobRecord | undefined)[]> {
    const store = this.#live
    const now = store.now()
    return ids.map((id) => {
      const job = store.jobs.get(id)
      return job === undefined ? undefined : recordOf(store, job, now)
    })
  }

  async journal(id: string, after: number, limit: number): Promise<JournalPage | undefined> {
    const job = this.#live.jobs.get(id)
    if (job === undefined) return undefined
    return job.rare?.journal?.page(job.series, after, limit) ?? { series: job.series, last: 0, lines: [] }
  }

  async readValue(ref: ValueRef, offset: number, length: number): Promise<ValueChunk | undefined> {
    const store = this.#live
    const payload = findResult(store, ref.id, ref.series, store.now())
    return payload === undefined ? undefined : chunkOf(payload, offset, length)
  }

  async counts(queue?: string): Promise<ReadonlyMap<string, QueueCounts>> {
    const { queues } = this.#live
    const known = queue === undefined ? [...queues.values()] : [queues.get(queue)].filter((one) => one !== undefined)
    return new Map(known.filter((one) => !one.isEmpty).map((one) => [one.name, { ...one.counts }]))
  }

  async sweep(): Promise<SweepReply> {
    return sweep(this.#live)
  }

  async now(): Promise<number> {
    return this.#live.toTime(this.#live.now())
  }

  async shiftClock(ms: number): Promise<void> {
    this.#live.clockOffset += ms
  }

  get #live(): Store {
    if (this.#store !== undefined) return this.#store
    throw new Closed(this.#isClosed ? 'this in-memory queue is closed' : 'this in-memory queue is not open')
  }

  #take(call: Call, session: SessionState, request: ClaimRequest): ClaimReply {
    const reply = take(this.#live, session, request)
    if (reply.jobs.length > 0) remember(session, call, { answers: NO_JOBS, claimed: reply.jobs })
    return reply
  }

  /** The session may have ended, or gone on, since the claim began to wait. */
  #takeLater(call: Call, request: ClaimRequest): ClaimReply {
    const store = this.#live
    const { session, applied } = admit(store, call)
    return applied === undefined ? this.#take(call, session, request) : takeAgain(store, session, applied.claimed)
  }

  async #waitFor(retry: () => ClaimReply, options: Omit<ClaimWaitOptions, 'store' | 'retry'>): Promise<ClaimReply> {
    const wait = new ClaimWait({ store: this.#live, retry, ...options })
    this.#waits.add(wait)
    try {
      return await wait.reply
    } finally {
      this.#waits.delete(wait)
    }
  }
}

type ClaimWaitOptions = ConstructorParameters<typeof ClaimWait>[0]
