import { randomBytes } from 'node:crypto'
import type { ClientConfig } from 'pg'
import { answerWithin } from './answer-deadline.ts'
import type { Channels } from './signal-text.ts'
import { StoreClient } from './store-client.ts'
import type { SignalSource, Waking } from './waking.ts'

/** What listens, and to what. */
export interface ListeningOptions {
  readonly connection: ClientConfig
  readonly channels: Channels
  readonly answerTimeoutMs: number
  /** False: never try. */
  readonly enabled: boolean
  /** Who is told. */
  readonly waking: () => Waking
}

/**
 * How often the connection has to show that it is alive, and within what time: one that is half open says nothing by itself,
 * and nobody relies on it for longer than both together, which is less than 5 s.
 */
const HEARTBEAT_MS = 2_000
const HEARTBEAT_ANSWER_MS = 2_500

/** How long until another try after a failure, and after finding that the connection carries no notifications. */
const RETRY_MS = 1_000
const DEAF_RETRY_MS = 60_000

/** The connection on which notifications arrive: opened when first wanted, and again when it breaks. Idle in no transaction. */
export class Listening implements SignalSource {
  readonly #options: ListeningOptions
  readonly #sessions = new Map<string, string>()
  #client: StoreClient | undefined
  #opening: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined
  #beat: NodeJS.Timeout | undefined
  #live = false
  #closed = false

  constructor(options: ListeningOptions) {
    this.#options = options
  }

  get isLive(): boolean {
    return this.#live
  }

  want(): void {
    if (!this.#options.enabled || this.#closed || this.#client !== undefined || this.#retry !== undefined) return
    const { connection, answerTimeoutMs } = this.#options
    const client = new StoreClient({ connectionTimeoutMillis: answerTimeoutMs, ...connection })
    this.#client = client
    this.#opening = this.#open(client)
  }

  async join(session: string): Promise<void> {
    const channel = this.#options.channels.session(session)
    this.#sessions.set(channel, session)
    this.want()
    await this.#opening
    await this.#tell(`LISTEN "${channel}"`)
  }

  async leave(session: string): Promise<void> {
    const channel = this.#options.channels.session(session)
    this.#sessions.delete(channel)
    await this.#tell(`UNLISTEN "${channel}"`)
  }

  /** Hear no more, and leave no connection. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    clearTimeout(this.#beat)
    if (!this.#live) this.#client?.destroy()
    await this.#opening
    const client = this.#client
    this.#drop()
    await client?.end()
  }

  async #open(client: StoreClient): Promise<void> {
    const { channels, waking } = this.#options
    // A channel of its own, so that nobody else is woken.
    const greeting = `${channels.everybody}_${randomBytes(6).toString('hex')}`
    const heard = this.#attach(client, greeting)
    try {
      const names = [greeting, channels.everybody, ...this.#sessions.keys()]
      await client.connect()
      await this.#ask(client, [...names.map((name) => `LISTEN "${name}"`), `NOTIFY "${greeting}"`].join(';'))
      // Notifications of a transaction come before the answer to the next.
      await this.#ask(client, `UNLISTEN "${greeting}"`)
      if (!(await this.#isDirect(client))) return this.#giveUp(client, DEAF_RETRY_MS)
    } catch {
      return this.#giveUp(client, RETRY_MS)
    }
    // Where notifications are cut off otherwise.
    if (!heard.greeting) return this.#giveUp(client, DEAF_RETRY_MS)
    this.#live = true
    this.#armBeat(client)
    waking().restored()
  }

  /** Behind a pooler LISTEN is accepted, and soon nothing arrives any more; it invents a process id of its own. */
  async #isDirect(client: StoreClient): Promise<boolean> {
    const { rows } = (await this.#ask(client, 'SELECT pg_backend_pid() AS pid')) as { rows: { pid: number }[] }
    return (client as { readonly processID?: unknown }).processID === rows[0]?.pid
  }

  #attach(client: StoreClient, greeting: string): { greeting: boolean } {
    const heard = { greeting: false }
    client.on('notification', ({ channel, payload = '' }) => {
      const session = this.#sessions.get(channel)
      if (channel === greeting) heard.greeting = true
      else if (session !== undefined) this.#options.waking().heardSession(session, payload)
      else if (channel === this.#options.channels.everybody) this.#options.waking().heard(payload)
    })
    client.once('end', () => this.#live && this.#client === client && this.#giveUp(client, 0))
    return heard
  }

  #giveUp(client: StoreClient, retryMs: number): void {
    client.destroy()
    const wasLive = this.#live
    this.#drop()
    if (this.#closed) return
    if (wasLive) this.#options.waking().interrupted()
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      this.want()
    }, retryMs)
  }

  #drop(): void {
    this.#client = undefined
    this.#live = false
    clearTimeout(this.#beat)
  }

  #armBeat(client: StoreClient): void {
    this.#beat = setTimeout(async () => {
      await this.#tell('SELECT 1', HEARTBEAT_ANSWER_MS)
      if (this.#client === client && !this.#closed) this.#armBeat(client)
    }, HEARTBEAT_MS)
  }

  /** Ask something of the open connection; one that does not answer is dropped, and opened anew. */
  async #tell(sql: string, withinMs?: number): Promise<void> {
    const client = this.#client
    if (!this.#live || client === undefined) return
    try {
      await this.#ask(client, sql, withinMs)
    } catch {
      client.destroy()
    }
  }

  #ask(client: StoreClient, sql: string, withinMs = Number.POSITIVE_INFINITY): Promise<unknown> {
    const timeoutMs = Math.min(withinMs, this.#options.answerTimeoutMs)
    return answerWithin(timeoutMs, client.query(sql), () => client.destroy())
  }
}
