import type { Notification } from './signal-text.ts'

/**
 * Which connections a call uses: `control` has one to itself, so that renewals never wait behind data; calls on `ordered` are
 * performed in the order in which they were sent, as long as their connection lasts, without waiting for each other's answers.
 */
export type Channel = 'data' | 'control' | 'ordered'

/** Something that others are told of: a queue has jobs to claim, or there is news for a session (`*`: for every one). */
export type Signal = { readonly queue: string } | { readonly session: string; readonly text: string }

/** What a session hears. All of it is a hint: what must not be missed is read anew on `restored` and `poll`. */
export interface LinkListener {
  /** The text of a signal to the session. */
  message(text: string): void
  /** Signals may have been lost. */
  restored(): void
  /** Time to look at what is waited for; every second, and far more often where signals do not arrive. */
  poll(): void
}

/** A wait for jobs. */
export interface HintRequest {
  readonly queues: readonly string[]
  /** What `mark` answered before the queues were found empty: signals since then count. */
  readonly mark: number
  /** At most this long. */
  readonly waitMs: number
  readonly signal?: AbortSignal | undefined
}

/** The connections to one store: calls, wake-ups and signals. Knows nothing of jobs. */
export interface PostgresLink {
  /** Where the store is, without credentials. */
  readonly url: string
  /** Schema of the store, as it was given: not quoted. */
  readonly schema: string
  /** Whether it pays to have several calls on `ordered` under way. */
  readonly pipelines: boolean
  /** What tells the store from every other one, once the link is open. */
  readonly storeId: string
  /** Whether signals arrive now; else whoever waits for them looks often. */
  readonly hears: boolean
  /** What the names of sessions' channels begin with, for those who tell them by themselves. */
  readonly sessionChannels: string
  /**
   * Whether a call may send one notification by itself, with what it commits, as it may once per few milliseconds. Whoever
   * asks takes the turn.
   */
  takeTurn(): boolean
  /** The notification that wakes who waits for one of the queues, for those who send it themselves. */
  readyNotification(queues: readonly string[]): Notification
  /** Connect, migrate if that was asked for, and see that the store can be read by this version. Idempotent. */
  open(): Promise<void>
  /** Disconnect; waits end. Idempotent. */
  close(): Promise<void>
  /**
   * One statement that is one transaction of its own, read committed, in one round trip. Answers in bounded time.
   * Serialisation failures and deadlocks, after which nothing was applied, are tried again up to 10 times; nothing else is
   * sent twice.
   *
   * @returns the rows; `int8` as number, `bytea` as Buffer.
   * @throws BackendUnavailable; BackendRefused for what another try would not change; what the statement raised as an
   * error of the contract; Closed.
   */
  call<Row>(channel: Channel, sql: string, values: readonly unknown[]): Promise<readonly Row[]>
  /** Tell other processes; soon, at most once per few milliseconds, and without a promise that it arrives. */
  notify(signals: readonly Signal[]): void
  /** How to ask which of some queues have jobs, for times when signals do not arrive; without it all are taken to have some. */
  useReady(ready: (queues: readonly string[]) => Promise<readonly string[]>): void
  /** The present place in the order of signals, for `hint`. */
  mark(): number
  /** Resolves when one of the queues may have jobs, the time is up, or the link closes. Never rejects. */
  hint(request: HintRequest): Promise<void>
  /** Hear what concerns a session; a later subscription of it takes the place of an earlier one. */
  subscribe(session: string, listener: LinkListener): Promise<LinkSubscription>
}

/** See `subscribe`. */
export interface LinkSubscription {
  /** Idempotent. */
  close(): Promise<void>
}
