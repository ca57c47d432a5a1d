import { setTimeout as pause } from 'node:timers/promises'
import { Closed } from '@taskspace/core/backend'
import { callFailure, isConflict, isStatementLost } from './call-failure.ts'
import { ConnectionPool } from './connection-pool.ts'
import { Listening } from './listening.ts'
import { Notifier } from './notifier.ts'
import type { Channel, HintRequest, LinkListener, LinkSubscription, PostgresLink, Signal } from './postgres-link.ts'
import type { PostgresSetup } from './postgres-options.ts'
import { Channels, type Notification } from './signal-text.ts'
import { storeAddress } from './store-address.ts'
import { Waking } from './waking.ts'

/** It does not wait for the disk: a signal that a crash of the server loses is a hint lost. */
const NOTIFY = `SELECT set_config('synchronous_commit', 'off', true), pg_notify(channel, payload)
FROM unnest($1::text[], $2::text[]) AS told(channel, payload)`

/** How often a call is tried that others' transactions get in the way of, and the longest pause before another try. */
const TRIES = 10
const CONFLICT_PAUSE_MS = 20

/** What a link works with. */
export interface PgLinkOptions {
  readonly setup: PostgresSetup
  readonly namespace: string
  /** What to do first: migrate, and see that the store can be read. Resolves with its id. */
  readonly prepareStore: (link: PostgresLink) => Promise<string>
}

/** The link to a PostgreSQL server. */
export class PgLink implements PostgresLink {
  readonly url: string
  readonly schema: string
  readonly pipelines: boolean
  storeId = ''
  readonly #data: ConnectionPool
  readonly #control: ConnectionPool
  readonly #listening: Listening
  readonly #waking: Waking
  readonly #notifier: Notifier
  readonly #prepareStore: (link: PostgresLink) => Promise<string>
  readonly #channels: Channels
  #opening: Promise<void> | undefined
  #closed = false

  constructor({ setup, namespace, prepareStore }: PgLinkOptions) {
    const { connection, schema, pool, answerTimeoutMs, prepare, connections } = setup
    const channels = new Channels(schema, namespace)
    this.url = storeAddress(connection, schema)
    this.schema = schema
    this.#prepareStore = prepareStore
    this.#channels = channels
    this.#data = new ConnectionPool({ given: pool, connection, max: connections, answerTimeoutMs, prepare })
    this.pipelines = this.#data.pipelines
    const controlTimeoutMs = Math.ceil(answerTimeoutMs / 2)
    this.#control = new ConnectionPool({ connection, max: 1, answerTimeoutMs: controlTimeoutMs, prepare })
    const enabled = setup.listen
    const waking = () => this.#waking
    this.#listening = new Listening({ connection, channels, answerTimeoutMs: controlTimeoutMs, enabled, waking })
    this.#waking = new Waking(this.#listening)
    this.#notifier = new Notifier({
      combine: (signals) => channels.notifications(signals),
      send: (notifications) => this.#data.perform(NOTIFY, columnsOf(notifications)),
    })
  }

  open(): Promise<void> {
    if (this.#closed) return Promise.reject(new Closed('the connection to the store is closed'))
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  async #open(): Promise<void> {
    this.storeId = await this.#prepareStore(this)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#waking.close()
    await this.#notifier.close()
    await Promise.all([this.#listening.close(), this.#data.close(), this.#control.close()])
  }

  async call<Row>(channel: Channel, sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#perform<Row>(channel, sql, values)
      } catch (error) {
        if (tries === TRIES || !(isConflict(error) || isStatementLost(error))) throw callFailure(error, 'sent')
        if (isConflict(error)) await pause(Math.random() * CONFLICT_PAUSE_MS)
      }
    }
  }

  #perform<Row>(channel: Channel, sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
    if (channel === 'ordered') return this.#data.performInOrder(sql, values)
    return (channel === 'data' ? this.#data : this.#control).perform(sql, values)
  }

  notify(signals: readonly Signal[]): void {
    if (signals.length > 0) this.#notifier.add(signals)
  }

  get hears(): boolean {
    return this.#listening.isLive
  }

  get sessionChannels(): string {
    return this.#channels.sessions
  }

  takeTurn(): boolean {
    return this.#notifier.takeTurn()
  }

  readyNotification(queues: readonly string[]): Notification {
    return this.#channels.ready(queues)
  }

  useReady(ready: (queues: readonly string[]) => Promise<readonly string[]>): void {
    this.#waking.useReady(ready)
  }

  mark(): number {
    return this.#waking.mark()
  }

  hint(request: HintRequest): Promise<void> {
    return this.#waking.hint(request)
  }

  subscribe(session: string, listener: LinkListener): Promise<LinkSubscription> {
    return this.#waking.subscribe(session, listener)
  }
}

function columnsOf(notifications: readonly Notification[]): [string[], string[]] {
  return [notifications.map(({ channel }) => channel), notifications.map(({ payload }) => payload)]
}
