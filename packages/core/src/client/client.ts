import type { Clock } from '../backend/clock.ts'
import type { CancelCommand, Command, ControlAnswer } from '../backend/command.ts'
import type { JobRecord } from '../backend/job-record.ts'
import type { JobState } from '../backend/job-state.ts'
import { MAX_CANCEL_IDS } from '../backend/limits.ts'
import type { Payload } from '../backend/payload.ts'
import type { TaskQueue } from '../backend/task-queue.ts'
import type { Codec } from '../codec/codec.ts'
import type { CancelRequest } from '../deferred/cancel-request.ts'
import { BackendUnavailable, BatchTooLarge, Closed } from '../errors/backend-errors.ts'
import { HasDependents } from '../errors/job-errors.ts'
import type { Logger } from '../logger.ts'
import type { Transaction } from '../transaction.ts'
import { isAway, isUnavailable } from './away.ts'
import { decodeValue } from './decode-value.ts'
import { EnqueueReport, type OnEnqueueError } from './enqueue-report.ts'
import { Feed } from './feed.ts'
import { Followers } from './followers.ts'
import { KeepAlive } from './keep-alive.ts'
import { OrderedLanes } from './ordered-lanes.ts'
import { Outbox } from './outbox.ts'
import { ResultWaits } from './result-waits.ts'
import { Session } from './session.ts'
import { Sweeper } from './sweeper.ts'
import { TickBatch } from './tick-batch.ts'
import { TransactionOutboxes } from './transaction-outboxes.ts'

const ENQUEUE_LANE = 0
const CONTROL_LANE = 1
/** Where the backend keeps the order of what is sent. */
const SECOND_ENQUEUE_LANE = 2

/** Most jobs that are canceled by one call, unless it is all or nothing: as many as a store cancels in a few milliseconds. */
const MOST_CANCELED = 128

/** What a client is made of. */
export interface ClientOptions {
  readonly queue: TaskQueue
  readonly codec: Codec
  readonly clock: Clock
  /** Whether other processes may sweep the same store by the same times. */
  readonly spread: boolean
  readonly logger: Logger
  readonly onEnqueueError: OnEnqueueError | undefined
  /** How long after it was made a call, or an order, is given up. */
  readonly timeoutMs: number
}

/** A process's conversation with one backend and namespace: what all handles and queues of a broker share. */
export class Client {
  readonly queue: TaskQueue
  readonly codec: Codec
  readonly clock: Clock
  readonly outbox: Outbox
  readonly waits: ResultWaits
  /** Records by id, those asked for in one tick together. */
  readonly records: TickBatch<string, JobRecord | undefined>
  readonly feed: Feed
  readonly followers: Followers
  readonly #orders: TickBatch<Command, ControlAnswer>
  readonly #inTransactions: TransactionOutboxes
  readonly #session: Session
  readonly #sweeper: Sweeper
  readonly #keepAlive: KeepAlive
  #opening: Promise<void> | undefined
  #isOpen = false
  #closing: Promise<void> | undefined
  #closed = false

  constructor(options: ClientOptions) {
    const { queue, codec, clock, logger, timeoutMs } = options
    this.queue = queue
    this.codec = codec
    this.clock = clock
    const owner = { held: () => [], lost: () => undefined, restarted: () => this.#restarted(logger) }
    const session = new Session({ queue, clock, spec: { label: 'broker' }, owner })
    this.#session = session
    this.#sweeper = new Sweeper({ queue, clock, logger, spread: options.spread })
    this.#keepAlive = new KeepAlive(session, clock, logger)
    this.feed = this.#newFeed(logger)
    this.followers = new Followers({ feed: this.feed, clock, logger })
    this.waits = new ResultWaits({ queue, codec, session, clock, logger, feed: this.feed })
    const outbox = {
      clock,
      feed: this.feed,
      waits: this.waits,
      sweeper: this.#sweeper,
      report: new EnqueueReport(options.onEnqueueError, logger),
      timeoutMs,
    }
    const lanes = new OrderedLanes(session, queue.pipelines ? [ENQUEUE_LANE, SECOND_ENQUEUE_LANE] : [ENQUEUE_LANE])
    this.outbox = new Outbox({
      ...outbox,
      send: (jobs, deadlineMs) => lanes.send((call) => this.connected(() => queue.enqueue(call, jobs)), { deadlineMs }),
      width: lanes.width,
    })
    this.#inTransactions = new TransactionOutboxes({
      ...outbox,
      queue,
      session,
      connected: (perform) => this.connected(perform),
    })
    this.records = new TickBatch((ids) => this.connected(() => queue.read(ids)))
    this.#orders = new TickBatch((commands) => this.#order(commands, timeoutMs), {
      most: MOST_CANCELED,
      weightOf: (command) => (command.kind === 'cancel' ? command.ids.length : 1),
    })
  }

  /** Where calls go that are made in a transaction of the user's, or in none. @throws InvalidArgument */
  outboxOf(tx: Transaction | undefined): Outbox {
    return tx === undefined ? this.outbox : this.#inTransactions.of(tx)
  }

  get url(): string {
    return this.queue.url
  }

  get namespace(): string {
    return this.queue.namespace
  }

  /** Resolves when the backend is open; starts opening it. After a failure the next call tries again. */
  opened(): Promise<void> {
    this.#opening ??= this.#open().catch((error) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  /** Do something once the backend is open. @throws Closed */
  connected<T>(perform: () => Promise<T>): Promise<T> {
    return this.#isOpen && !this.#closed ? perform() : this.#openFirst(perform)
  }

  /** Something is due at this time of the backend's clock. */
  due(at: number): void {
    this.#sweeper.due(at)
  }

  /** Have an order carried out; orders given in one tick travel together. */
  order(command: Command): Promise<ControlAnswer> {
    return this.#orders.ask(command)
  }

  /** The state each job was found in; `undefined` for an unknown one. @throws HasDependents, BatchTooLarge */
  async cancel(ids: readonly string[], { reason, cascade }: CancelRequest): Promise<readonly (JobState | undefined)[]> {
    if (cascade === 'refuse' && ids.length > MAX_CANCEL_IDS) {
      throw new BatchTooLarge(`cancel with cascade 'refuse' takes at most ${MAX_CANCEL_IDS} jobs, not ${ids.length}`)
    }
    const step = cascade === 'refuse' ? MAX_CANCEL_IDS : MOST_CANCELED
    const found: (JobState | undefined)[] = []
    for (let from = 0; from < ids.length; from += step) {
      const command: CancelCommand = { kind: 'cancel', ids: ids.slice(from, from + step), reason, cascade }
      found.push(...(await this.#cancel(command)))
    }
    return found
  }

  /** Decode a value that will leave through a promise. @throws MalformedPayload */
  decode(payload: Payload): unknown {
    return decodeValue(this.codec, payload)
  }

  /** Send what is gathered, tell whoever waits, and disconnect. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #open(): Promise<void> {
    if (this.#closed) throw closedError()
    await this.queue.open()
    await this.#session.open()
    if (this.#closed) return
    this.#isOpen = true
    this.#sweeper.start()
    this.#keepAlive.start()
  }

  async #openFirst<T>(perform: () => Promise<T>): Promise<T> {
    if (this.#closed) throw closedError()
    try {
      await this.opened()
    } catch (error) {
      throw notSent(error)
    }
    return perform()
  }

  async #cancel(command: CancelCommand): Promise<readonly (JobState | undefined)[]> {
    const answer = await this.order(command)
    if (answer.code === 'has-dependents') throw new HasDependents(answer.id, answer.dependents)
    if (answer.code === 'canceled') return answer.found
    throw new TypeError(`the backend answered a cancel with '${answer.code}'`)
  }

  async #order(commands: readonly Command[], deadlineMs: number): Promise<readonly ControlAnswer[]> {
    if (this.#closed) throw closedError()
    const lane = this.#session.lane(CONTROL_LANE)
    const answers = await lane.send((call) => this.connected(() => this.queue.control(call, commands)), { deadlineMs })
    // Large ones are worked off in steps, and where nobody waits for jobs nobody else takes them.
    if (commands.some(({ kind }) => kind === 'drain' || kind === 'cancel')) this.#sweeper.wake()
    return answers
  }

  #newFeed(logger: Logger): Feed {
    const listener = {
      outcomes: (outcomes: Parameters<ResultWaits['tell']>[0]) => this.waits.tell(outcomes),
      notice: () => undefined,
      due: (at: number) => this.#sweeper.due(at),
      news: (ids: readonly string[]) => this.followers.tell(ids),
      interrupted: () => this.#interrupted(),
    }
    return new Feed({
      queue: this.queue,
      session: this.#session,
      clock: this.clock,
      logger,
      opened: () => this.opened(),
      listener,
      reopened: () => this.#reopened(),
    })
  }

  #reopened(): void {
    this.waits.askAll()
    this.followers.reopened()
    this.#sweeper.wake()
  }

  #interrupted(): void {
    this.feed.missed()
    this.#reopened()
  }

  #restarted(logger: Logger): void {
    this.feed.restart().catch((error) => {
      if (!isAway(error)) logger.error('cannot leave the old subscription', error)
    })
  }

  async #close(): Promise<void> {
    await Promise.all([this.outbox.flushed(), this.#inTransactions.flushed()])
    this.#closed = true
    this.waits.close()
    this.followers.close()
    await this.#opening?.catch(() => undefined)
    await Promise.all([this.#sweeper.stop(), this.#keepAlive.stop(), this.feed.close()])
    if (this.#opening !== undefined) await this.#session.close().catch(ignoreAway)
    await this.queue.close()
  }
}

function closedError(): Closed {
  return new Closed('the broker is closed')
}

/** Whatever is unknown about opening, the call itself was not sent. */
function notSent(error: unknown): unknown {
  return isUnavailable(error) ? new BackendUnavailable(error.message, 'rejected', { cause: error }) : error
}

// A session that cannot say goodbye is forgotten after a while.
function ignoreAway(error: unknown): void {
  if (!isAway(error)) throw error
}
