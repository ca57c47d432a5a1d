import { Connection, type ConnectionOptions } from './connection.ts'
import type { RedisClient } from './redis-client.ts'
import type { Hearer, LinkSubscription } from './redis-link.ts'

/** What a subscriber needs. */
export interface SubscriberOptions extends Omit<ConnectionOptions, 'onLost' | 'greet'> {
  /** Whether channels belong to slots, as on a Cluster of Redis 7. */
  readonly isSharded: () => boolean
  /** How long an answer may take, in ms. */
  readonly answerMs: number
}

/** A connection on which nothing comes is asked for a sign of life this often, in ms. */
const PING_MS = 60_000

/** Delays before connecting again, in ms. */
const FIRST_RETRY_MS = 20
const LONGEST_RETRY_MS = 500

/**
 * Hears what is published, over one connection for all channels. One that is lost is replaced in the background, as long as
 * somebody wants to hear something; who hears is told then that there may have been more.
 */
export class Subscriber {
  readonly #options: SubscriberOptions
  readonly #connection: Connection
  readonly #hearers = new Map<string, Hearer>()
  #pinging: NodeJS.Timeout | undefined
  #retrying: NodeJS.Timeout | undefined
  #heardSomething = false
  #tries = 0
  #isClosed = false

  constructor(options: SubscriberOptions) {
    this.#options = options
    this.#connection = new Connection({
      ...options,
      greet: (client) => this.#greet(client),
      onLost: () => this.#restore(),
    })
  }

  /** See `RedisLink.subscribe`. */
  async subscribe(channel: string, hearer: Hearer): Promise<LinkSubscription> {
    const before = this.#hearers.get(channel)
    this.#hearers.set(channel, hearer)
    try {
      if (before === undefined) await this.#join(channel)
    } catch (error) {
      if (this.#hearers.get(channel) === hearer) this.#hearers.delete(channel)
      throw error
    }
    return { close: () => this.#leave(channel, hearer) }
  }

  /** Something is wrong with the way to the server: make sure that this connection is alive. */
  probe(): void {
    if (this.#hearers.size === 0 || !this.#connection.isOpen) return
    // What fails here is told to `onLost`.
    this.#connection.perform((client) => client.callBuffer('ping', []), this.#options.answerMs).catch(() => undefined)
  }

  /** The server may be another one now: look for it, and subscribe there. */
  relocate(): void {
    if (this.#hearers.size === 0 || this.#isClosed) return
    this.#connection.drop()
    this.#restore()
  }

  /** Tell all who hear that they may have missed something. */
  tellAll(): void {
    for (const hearer of [...this.#hearers.values()]) hearer.restored()
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true
    this.#hearers.clear()
    clearInterval(this.#pinging)
    clearTimeout(this.#retrying)
    this.#connection.close()
  }

  #greet(client: RedisClient): Promise<unknown> {
    const hear = (channel: Buffer, bytes: Buffer): void => {
      this.#heardSomething = true
      const hearer = this.#hearers.get(channel.toString())
      if (hearer !== undefined) tell(hearer, bytes)
    }
    client.on('messageBuffer', hear as (...details: never[]) => void)
    client.on('smessageBuffer', hear as (...details: never[]) => void)
    // The slot of these channels has another master now.
    client.on('moved', () => this.relocate())
    this.#pinging ??= setInterval(() => this.#pingIfQuiet(), PING_MS)
    return client.callBuffer('ping', [])
  }

  #join(channel: string): Promise<unknown> {
    const { isSharded, answerMs } = this.#options
    return this.#connection.perform(
      (client) => (isSharded() ? client.ssubscribe(channel) : client.subscribe(channel)),
      answerMs,
    )
  }

  async #leave(channel: string, hearer: Hearer): Promise<void> {
    if (this.#hearers.get(channel) !== hearer) return
    this.#hearers.delete(channel)
    if (!this.#connection.isOpen) return
    const { isSharded, answerMs } = this.#options
    await this.#connection
      .perform((client) => (isSharded() ? client.sunsubscribe(channel) : client.unsubscribe(channel)), answerMs)
      // Lost meanwhile: nothing more comes from it anyway.
      .catch(() => undefined)
  }

  #pingIfQuiet(): void {
    if (!this.#heardSomething) this.probe()
    this.#heardSomething = false
  }

  /** Subscribe anew; as often as it takes. */
  #restore(): void {
    if (this.#isClosed || this.#hearers.size === 0 || this.#retrying !== undefined) return
    const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#tries, 10))
    this.#tries += 1
    this.#retrying = setTimeout(
      () => {
        this.#retrying = undefined
        this.#rejoin().catch(() => this.#restore())
      },
      delayMs * (0.5 + Math.random() / 2),
    )
  }

  async #rejoin(): Promise<void> {
    for (const channel of [...this.#hearers.keys()]) await this.#join(channel)
    this.#tries = 0
    this.tellAll()
  }
}

/** A stranger may publish on our channels: what cannot be read is as good as missed. */
function tell(hearer: Hearer, bytes: Buffer): void {
  try {
    hearer.message(bytes)
  } catch {
    hearer.restored()
  }
}
