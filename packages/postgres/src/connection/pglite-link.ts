import { Closed } from '@taskspace/core/backend'
import { answerWithin } from './answer-deadline.ts'
import { callFailure, isConflict } from './call-failure.ts'
import { Notifier } from './notifier.ts'
import { PgliteStore } from './pglite-store.ts'
import type { PgliteUrl } from './pglite-url.ts'
import type { Channel, HintRequest, LinkListener, LinkSubscription, PostgresLink, Signal } from './postgres-link.ts'
import { Channels, type Notification } from './signal-text.ts'
import { Waking } from './waking.ts'

/** A user's transaction on the same database keeps everybody else waiting; longer than this is given up. */
const ANSWER_TIMEOUT_MS = 30_000
const TRIES = 10

/** What a link works with. */
export interface PgliteLinkOptions {
  readonly target: PgliteUrl
  readonly namespace: string
  /** What to do first: migrate, and see that the store can be read. Resolves with its id. */
  readonly prepareStore: (store: PgliteStore) => Promise<string>
}

/** The link to an embedded database: one connection, in this process, where signals always arrive. */
export class PgliteLink implements PostgresLink {
  readonly url: string
  readonly schema: string
  /** There is nobody whom a call could overtake: the store works in this thread. */
  readonly pipelines = false
  /** They are told in this process. */
  readonly hears = true
  storeId = ''
  readonly #options: PgliteLinkOptions
  readonly #channels: Channels
  readonly #waking: Waking
  readonly #notifier: Notifier
  readonly #sessions = new Map<string, string>()
  #store: PgliteStore | undefined
  #opening: Promise<void> | undefined
  #deafen: (() => void) | undefined
  #closed = false

  constructor(options: PgliteLinkOptions) {
    const { target, namespace } = options
    this.#options = options
    this.url = `${target.key}?schema=${encodeURIComponent(target.schema)}`
    this.schema = target.schema
    this.#channels = new Channels(target.schema, namespace)
    this.#waking = new Waking({
      isLive: true,
      want: () => undefined,
      join: async (session) => void this.#sessions.set(this.#channels.session(session), session),
      leave: async (session) => void this.#sessions.delete(this.#channels.session(session)),
    })
    this.#notifier = new Notifier({
      combine: (signals) => this.#channels.notifications(signals),
      send: async (notifications) => {
        for (const notification of notifications) this.#store?.tell(notification)
      },
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

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#waking.close()
    await this.#notifier.close()
    await this.#opening?.catch(() => undefined)
    await this.#letGo()
  }

  async call<Row>(_channel: Channel, sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
    for (let tries = 1; ; tries += 1) {
      const store = this.#store
      if (this.#closed || store === undefined) throw new Closed('the connection to the store is not open')
      try {
        return await answerWithin(ANSWER_TIMEOUT_MS, store.query<Row>(sql, values), () => undefined)
      } catch (error) {
        if (tries === TRIES || !isConflict(error)) throw callFailure(error, 'sent')
      }
    }
  }

  notify(signals: readonly Signal[]): void {
    if (signals.length > 0) this.#notifier.add(signals)
  }

  get sessionChannels(): string {
    return this.#channels.sessions
  }

  /** What tells others is no statement here. */
  takeTurn(): boolean {
    return false
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

  async #open(): Promise<void> {
    const store = await PgliteStore.acquire(this.#options.target)
    this.#store = store
    this.#deafen = store.listen((notification) => this.#hear(notification))
    try {
      this.storeId = await this.#options.prepareStore(store)
    } catch (error) {
      await this.#letGo()
      throw callFailure(error, 'sent')
    }
  }

  async #letGo(): Promise<void> {
    const store = this.#store
    this.#store = undefined
    this.#deafen?.()
    await store?.release()
  }

  #hear({ channel, payload }: Notification): void {
    const session = this.#sessions.get(channel)
    if (channel === this.#channels.everybody) this.#waking.heard(payload)
    else if (session !== undefined) this.#waking.heardSession(session, payload)
  }
}
