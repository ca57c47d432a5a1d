import {
  type AppendAnswer,
  type AppendEntry,
  type Call,
  type ClaimReply,
  type ClaimRequest,
  Closed,
  type Command,
  type ControlAnswer,
  type EnqueueAnswer,
  type HeldJob,
  type JobRecord,
  type JournalPage,
  type NewJob,
  NOTHING_CLAIMED,
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
  TaskQueue,
  type TransactionStatements,
  type ValueChunk,
  type ValueRef,
} from '@taskspace/core/backend'
import { createLink } from './connection/create-link.ts'
import type { PostgresLink } from './connection/postgres-link.ts'
import type { PostgresStoreOptions } from './connection/postgres-options.ts'
import { type AppendReply, appendValues } from './operations/append.ts'
import type { Expectation } from './operations/awaited-jobs.ts'
import { claimReply, requestValues, type StoredClaim } from './operations/claim.ts'
import { type ControlReply, checkCommands, commandsJson, controlAnswer } from './operations/control.ts'
import { countsOf, type StoredCounts } from './operations/counts.ts'
import { type EnqueueReply, enqueueAnswers, enqueueValues } from './operations/enqueue.ts'
import { FoundEmpty } from './operations/found-empty.ts'
import { journalPage, type StoredJournal } from './operations/journal.ts'
import { NewsTeller, type StoredNews } from './operations/news.ts'
import { queuesInTurn } from './operations/queue-turns.ts'
import { ReadyMarks, type StoredMark } from './operations/ready-marks.ts'
import { recordOf, type StoredRecord } from './operations/record.ts'
import {
  beginValues,
  renewReply,
  resumeReply,
  type StoredRenewal,
  type StoredResume,
  type StoredSightings,
  sightingsOf,
} from './operations/session.ts'
import { type StoredSettleReply, settleAnswers, settleValues } from './operations/settle.ts'
import { afterValues, callValues, StoreFunctions } from './operations/store-functions.ts'
import { Subscriptions } from './operations/subscriptions.ts'
import { escapeText } from './operations/text-escapes.ts'
import { chunkOf, type StoredChunk } from './operations/value-chunk.ts'
import { StoreTransactions } from './transactions/store-transactions.ts'

/** Where a queue is, and which namespace of it. */
export interface PostgresTaskQueueOptions extends PostgresStoreOptions {
  /** Default `taskspace`. */
  readonly namespace?: string | undefined
}

/**
 * A backend in a schema of a PostgreSQL database. Each operation is one call of a function of that schema, one
 * transaction and one round trip.
 */
export class PostgresTaskQueue extends TaskQueue {
  readonly url: string
  readonly namespace: string
  override readonly pipelines: boolean
  override readonly transactions: TransactionStatements
  readonly #link: PostgresLink
  readonly #functions: StoreFunctions
  readonly #subscriptions: Subscriptions
  readonly #news: NewsTeller
  readonly #marks = new ReadyMarks()
  readonly #empty = new FoundEmpty()
  readonly #turns = new Map<string, number>()
  #opening: Promise<number> | undefined
  #key: number | undefined
  #closing: Promise<void> | undefined

  /** @throws InvalidArgument, InvalidBrokerUrl */
  constructor(options: PostgresTaskQueueOptions) {
    super()
    this.namespace = options.namespace ?? 'taskspace'
    this.#link = createLink(options, this.namespace)
    this.url = this.#link.url
    this.pipelines = this.#link.pipelines
    this.transactions = new StoreTransactions(this.#link, () => this.#openNamespace())
    this.#functions = new StoreFunctions(this.#link)
    this.#subscriptions = new Subscriptions(this.#functions, this.#link)
    this.#news = new NewsTeller(this.#subscriptions, (signals) => this.#link.notify(signals))
    this.#link.useReady((queues) => this.#readyOf(queues))
  }

  async open(): Promise<void> {
    if (this.#closing !== undefined) throw closed()
    this.#opening ??= this.#open()
    try {
      await this.#opening
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async begin(spec: SessionSpec): Promise<void> {
    await this.#functions.ask('begin_v1', [await this.#ns(), ...beginValues(spec)], 'control')
  }

  async end(session: string): Promise<void> {
    this.#turns.delete(session)
    this.#empty.forget(session)
    this.#news.tell(await this.#functions.ask('end_v1', [await this.#ns(), escapeText(session)], 'control'))
  }

  async renew(session: string): Promise<RenewReply> {
    return renewReply(
      await this.#functions.ask<StoredRenewal>('renew_v1', [await this.#ns(), escapeText(session)], 'control'),
    )
  }

  async resume(session: string, epoch: number, held: readonly HeldJob[]): Promise<ResumeReply> {
    const [ids, tokens] = [held.map(({ id }) => escapeText(id)), held.map(({ token }) => token)]
    const values = [await this.#ns(), escapeText(session), epoch, ids, tokens]
    const reply = await this.#functions.ask<StoredResume>('resume_v1', values, 'control')
    this.#news.tell(reply.news)
    return resumeReply(reply, held)
  }

  async listen(session: string, listener: SessionListener): Promise<Subscription> {
    const namespace = await this.#ns()
    await this.#functions.ask('hear_v1', [namespace, escapeText(session)])
    return this.#subscriptions.open(namespace, session, listener)
  }

  async enqueue(call: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    const values = [
      ...callValues(await this.#ns(), call),
      ...enqueueValues(jobs),
      ...afterValues(call),
      ...this.#tellingOf(jobs),
    ]
    const replies = jobs.flatMap(({ id, reply }) => (reply === true ? [id] : []))
    if (replies.length > 0) this.#subscriptions.expect(call.session, replies)
    try {
      const { answers: stored, news } = await this.#functions.ask<EnqueueReply>('enqueue_v1', values, 'ordered')
      const answers = enqueueAnswers(jobs, stored)
      this.#expected(call, jobs, answers)
      this.#news.tell(news)
      return answers
    } catch (error) {
      this.#expected(call, jobs, [])
      throw error
    }
  }

  async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    const until = performance.now() + waitMs
    await this.#ns()
    const queues = 'fair' in request.queues ? request.queues.fair : request.queues
    const emptySince = this.#empty.take(call.session, request.queues)
    let mark = waitMs > 0 && this.#link.hears ? emptySince : undefined
    for (;;) {
      if (mark === undefined) {
        mark = this.#link.mark()
        const reply = await this.#claimOnce(call, request).catch((error: unknown) => this.#ifClosing(error))
        if (reply.jobs.length > 0) return reply
      }
      const leftMs = until - performance.now()
      if (leftMs <= 0 || this.#isOver(signal)) return NOTHING_CLAIMED
      await this.#link.hint({ queues, mark, waitMs: leftMs, signal })
      if (this.#isOver(signal) || performance.now() >= until) return NOTHING_CLAIMED
      mark = undefined
    }
  }

  async settle(call: Call, settlements: readonly Settlement[], request?: ClaimRequest): Promise<SettleReply> {
    const claim = request === undefined ? NO_CLAIM : requestValues(request, this.#queuesOf(call, request), this.#marks)
    const asked = [...callValues(await this.#ns(), call), ...settleValues(settlements), ...claim]
    const mark = this.#link.mark()
    const values = [...asked, ...this.#tellingOfSettled(settlements)]
    const reply = await this.#functions.ask<StoredSettleReply>('settle_v1', values)
    this.#news.tell(reply.news, settlements)
    if (reply.marks.length > 0) this.#marks.note(reply.marks)
    const answers = settleAnswers(settlements, reply.answers)
    if (request === undefined || reply.claim === null) return { answers }
    const claimed = claimReply(reply.claim)
    this.#empty.note(call.session, request, mark, claimed.jobs.length)
    return { answers, claim: claimed }
  }

  async append(call: Call, entries: readonly AppendEntry[]): Promise<readonly AppendAnswer[]> {
    const values = [...callValues(await this.#ns(), call), ...appendValues(entries)]
    const { answers, news } = await this.#functions.ask<AppendReply>('append_v1', values)
    this.#news.tell(news)
    return answers
  }

  async control(call: Call, commands: readonly Command[]): Promise<readonly ControlAnswer[]> {
    checkCommands(commands)
    const values = [...callValues(await this.#ns(), call), commandsJson(commands)]
    const { answers, news } = await this.#functions.ask<ControlReply>('control_v1', values)
    this.#news.tell(news)
    return answers.map(controlAnswer)
  }

  async sightings(owner: string): Promise<readonly SessionSighting[]> {
    const reply = await this.#functions.ask<StoredSightings>('sightings_v1', [await this.#ns(), escapeText(owner)])
    this.#news.tell(reply.news)
    return sightingsOf(reply)
  }

  async read(ids: readonly string[]): Promise<readonly (JobRecord | undefined)[]> {
    const values = [await this.#ns(), ids.map(escapeText)]
    const stored = await this.#functions.ask<readonly (StoredRecord | null)[]>('read_v1', values)
    return stored.map((record) => (record === null ? undefined : recordOf(record)))
  }

  async readValue({ id, series }: ValueRef, offset: number, length: number): Promise<ValueChunk | undefined> {
    const values = [await this.#ns(), escapeText(id), series, offset, length]
    const stored = await this.#functions.call<StoredChunk>('read_value_v1', values)
    return stored && chunkOf(stored)
  }

  async journal(id: string, after: number, limit: number): Promise<JournalPage | undefined> {
    const values = [await this.#ns(), escapeText(id), after, limit]
    const stored = await this.#functions.call<StoredJournal>('journal_v1', values)
    return stored && journalPage(stored)
  }

  async counts(queue?: string): Promise<ReadonlyMap<string, QueueCounts>> {
    const values = [await this.#ns(), queue === undefined ? null : escapeText(queue)]
    return countsOf(await this.#functions.ask<StoredCounts>('counts_v1', values))
  }

  async sweep(): Promise<SweepReply> {
    const { next, more, news } = await this.#functions.ask<StoredSweep>('sweep_v1', [await this.#ns()])
    this.#news.tell(news)
    return next === null ? { more } : { next, more }
  }

  async now(): Promise<number> {
    return this.#functions.ask('now_v1', [await this.#ns()])
  }

  async shiftClock(ms: number): Promise<void> {
    await this.#functions.ask('shift_clock_v1', [await this.#ns(), ms])
  }

  /** The same for those who know that it is open. */
  #openNamespace(): number {
    if (this.#key === undefined) throw new Closed('this Postgres queue is not open')
    return this.#key
  }

  /** The store's key of the namespace. */
  async #ns(): Promise<number> {
    if (this.#closing !== undefined) throw closed()
    if (this.#opening === undefined) throw new Closed('this Postgres queue is not open')
    return this.#opening
  }

  async #open(): Promise<number> {
    await this.#link.open()
    this.#key = await this.#functions.ask<number>('open_v1', [escapeText(this.namespace)])
    return this.#key
  }

  async #close(): Promise<void> {
    await this.#subscriptions.close()
    await this.#link.close()
  }

  async #claimOnce(call: Call, request: ClaimRequest): Promise<ClaimReply> {
    const values = [
      ...callValues(await this.#ns(), call),
      ...requestValues(request, this.#queuesOf(call, request), this.#marks),
    ]
    const reply = await this.#functions.call<StoredClaimReply>('claim_v1', values)
    this.#marks.note(reply?.marks ?? [])
    if (reply === undefined) return NOTHING_CLAIMED
    this.#news.tell(reply.news)
    return reply.claim === null ? NOTHING_CLAIMED : claimReply(reply.claim)
  }

  #expected({ session }: Call, jobs: readonly NewJob[], answers: readonly EnqueueAnswer[]): void {
    for (const [index, { id, reply }] of jobs.entries()) {
      if (reply !== true) continue
      this.#subscriptions.expected(session, id, expectationOf(answers[index]))
    }
  }

  /** Parameters with which a call about one job tells others of it, if it may. */
  #tellingOf(jobs: readonly NewJob[]): readonly unknown[] {
    const [job] = jobs
    if (job === undefined || jobs.length > 1 || !this.#link.takeTurn()) return NOT_TOLD
    const { channel, payload } = this.#link.readyNotification([job.queue])
    return [channel, payload]
  }

  /** The same for who waits for the job, unless that is somebody in this process. */
  #tellingOfSettled(settlements: readonly Settlement[]): readonly unknown[] {
    if (settlements.length > 1 || settlements[0]?.kind !== 'success' || !this.#link.takeTurn()) return NOT_TOLD
    return [this.#link.sessionChannels, this.#subscriptions.sessions().map(escapeText)]
  }

  #isOver(signal: AbortSignal | undefined): boolean {
    return signal?.aborted === true || this.#closing !== undefined
  }

  /** A claim that waits when its queue is closed has nothing. */
  #ifClosing(error: unknown): ClaimReply {
    if (this.#closing === undefined) throw error
    return NOTHING_CLAIMED
  }

  #queuesOf({ session }: Call, { queues }: ClaimRequest): readonly string[] {
    return 'fair' in queues ? queuesInTurn(this.#turns, session, queues.fair) : queues
  }

  async #readyOf(queues: readonly string[]): Promise<readonly string[]> {
    const ready = await this.#functions.ask<readonly number[]>('ready_v1', [await this.#ns(), queues.map(escapeText)])
    return ready.flatMap((index) => queues[index] ?? [])
  }
}

/** Parameters of a settle that claims nothing. */
const NO_CLAIM = [null, null, null, null, null, null]

/** Parameters of a call that tells nobody by itself. */
const NOT_TOLD = [null, null]

/** What a claim answers. */
interface StoredClaimReply {
  readonly claim: StoredClaim | null
  readonly marks?: readonly StoredMark[]
  readonly news: readonly StoredNews[]
}

/** What a sweep answers. */
interface StoredSweep {
  readonly next: number | null
  readonly more: boolean
  readonly news: readonly StoredNews[]
}

/** What a session has to expect of a job that it enqueued with `reply`. */
function expectationOf(answer: EnqueueAnswer | undefined): Expectation {
  if (answer === 'ok') return 'new'
  return answer === 'existing' ? 'same' : 'none'
}

function closed(): Closed {
  return new Closed('this Postgres queue is closed')
}
