import type { Clock, Timer } from '../backend/clock.ts'
import type { SessionListener, Subscription } from '../backend/session.ts'
import type { TaskQueue } from '../backend/task-queue.ts'
import type { Logger } from '../logger.ts'
import { isAway, isSessionGone } from './away.ts'
import { reconnectDelayMs } from './pause.ts'
import type { Session } from './session.ts'

/** What a feed needs. */
export interface FeedOptions {
  readonly queue: TaskQueue
  readonly session: Session
  readonly clock: Clock
  readonly logger: Logger
  /** Resolves when the backend is open. */
  readonly opened: () => Promise<void>
  readonly listener: SessionListener
  /** The subscription is open, for the first time or again: ask for everything still waited for. */
  readonly reopened: () => void
}

/** The one subscription of a session: opened when first needed, and again when it failed or the session starts anew. */
export class Feed {
  readonly #options: FeedOptions
  #subscription: Subscription | undefined
  #opening: Promise<void> | undefined
  #retry: Timer | undefined
  #failures = 0
  #generation = 0
  #closed = false

  constructor(options: FeedOptions) {
    this.#options = options
  }

  /**
   * Rises each time something may have been missed. What was asked to be pushed under an older one must be asked for
   * again.
   */
  get generation(): number {
    return this.#generation
  }

  /** Whether it is, or is to be, open. */
  get isWanted(): boolean {
    return this.isOpen || this.#opening !== undefined || this.#retry !== undefined
  }

  get isOpen(): boolean {
    return this.#subscription !== undefined
  }

  /** Open it. `undefined` if it is open; else resolves when it is, or when it failed and is tried again later. Never rejects. */
  open(): Promise<void> | undefined {
    if (this.isOpen || this.#closed) return undefined
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  /** Pushes may have been lost. */
  missed(): void {
    this.#generation += 1
  }

  /** The session has a new id, so that what is open is of no use. */
  async restart(): Promise<void> {
    if (!this.isWanted) return
    const old = this.#subscription
    this.#subscription = undefined
    void this.open()
    await old?.close()
  }

  /** Ask for the outcomes of jobs. @throws what the backend throws; does nothing while it is not open. */
  async watch(ids: readonly string[]): Promise<void> {
    await this.#subscription?.watch(ids)
  }

  /** Nobody waits for them. */
  unwatch(ids: readonly string[]): void {
    this.#subscription?.unwatch(ids)
  }

  /** Hear what is appended to jobs. @throws what the backend throws; does nothing while it is not open. */
  async follow(ids: readonly string[]): Promise<void> {
    await this.#subscription?.follow(ids)
  }

  /** Nobody follows them. */
  unfollow(ids: readonly string[]): void {
    this.#subscription?.unfollow(ids)
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    this.#retry?.cancel()
    await this.#opening
    const open = this.#subscription
    this.#subscription = undefined
    await open?.close()
  }

  async #open(): Promise<void> {
    this.#retry?.cancel()
    this.#retry = undefined
    try {
      await this.#options.opened()
      await this.#listen()
    } catch (error) {
      if (!this.#closed) this.#tryLater(error)
    }
  }

  async #listen(): Promise<void> {
    const { queue, session, listener } = this.#options
    const { id } = session
    const subscription = await queue.listen(id, listener)
    if (this.#closed || session.id !== id) {
      await subscription.close()
      return this.#closed ? undefined : this.#listen()
    }
    this.#subscription = subscription
    this.#failures = 0
    this.#generation += 1
    this.#options.reopened()
  }

  #tryLater(error: unknown): void {
    const { clock, session, logger } = this.#options
    this.#failures += 1
    if (isSessionGone(error))
      void session.restart(error.session).catch((cause) => logger.error('no new session', cause))
    else if (!isAway(error)) logger.error('cannot listen for results', error)
    this.#retry = clock.setTimer(() => void this.open(), reconnectDelayMs(this.#failures), true)
  }
}
