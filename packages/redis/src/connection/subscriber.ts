import { Connection, type ConnectionOptions } from './connection.ts'
import { isReply, replyCode } from './connection-errors.ts'
import type { RedisClient } from './redis-client.ts'
import type { Hearer, LinkSubscription } from './redis-link.ts'
import { retryDelayMs } from './retry-delay.ts'
import { Vigil } from './vigil.ts'

/** What a subscriber needs. */
export interface SubscriberOptions extends Omit<ConnectionOptions, 'onLost' | 'greet'> {
  /** Whether channels belong to slots, as on a Cluster of Redis 7. */
  readonly isSharded: () => boolean
  /** How long an answer may take, in ms. */
  readonly answerMs: number
  /** The server says, in these words of its own, that the channels have another master. */
  readonly onMoved: (message: string) => void
}

/** Who hears a channel, and whether the server has confirmed it. */
interface Joined {
  readonly hearer: Hearer
  readonly confirmed: Promise<unknown>
}

/**
 * Hears what is published, over one connection for all channels. One that is lost is replaced in the background, as long as
 * somebody wants to hear something; who hears is told then that there may have been more.
 */
export class Subscriber {
  readonly #options: SubscriberOptions
  readonly #connection: Connection
  readonly #channels = new Map<string, Joined>()
  /** The client whose connection is in use, or is being made. */
  #client: RedisClient | undefined
  readonly #vigil: Vigil
  #retrying: NodeJS.Timeout | undefined
  #rejoining: 'no' | 'yes' | 'in vain' = 'no'
  #tries = 0
  #isClosed = false

  constructor(options: SubscriberOptions) {
    this.#options = options
    this.#connection = new Connection({
      ...options,
      greet: (client) => this.#greet(client),
      onLost: () => this.#restore(),
    })
    this.#vigil = new Vigil(() => this.probe())
  }

  /** See `RedisLink.subscribe`. */
  async subscribe(channel: string, hearer: Hearer): Promise<LinkSubscription> {
    this.#vigil.stir()
    const confirmed = this.#channels.get(channel)?.confirmed ?? this.#join(channel)
    this.#channels.set(channel, { hearer, confirmed })
    try {
      await confirmed
    } catch (error) {
      if (this.#channels.get(channel)?.confirmed === confirmed) this.#channels.delete(channel)
      throw error
    }
    return { close: () => this.#leave(channel, hearer) }
  }

  /** Make sure that this connection is alive. */
  probe(): void {
    if (this.#channels.size === 0 || !this.#connection.isOpen) return
    // What fails here is told to `onLost`.
    this.#connection.perform((client) => client.callBuffer('ping', []), this.#options.answerMs).catch(() => undefined)
  }

  /** Something may come soon: it had better be heard. */
  stir(): void {
    this.#vigil.stir()
  }

  /** The server may be another one now: look for it, and subscribe there. */
  relocate(): void {
    if (this.#channels.size === 0 || this.#isClosed) return
    this.#client = undefined
    this.#connection.drop()
    this.#restore()
  }

  /** Tell all who hear that they may have missed something. */
  tellAll(): void {
    for (const { hearer } of [...this.#channels.values()]) hearer.restored()
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true
    this.#channels.clear()
    this.#vigil.stop()
    clearTimeout(this.#retrying)
    this.#connection.close()
  }

  #greet(client: RedisClient): Promise<unknown> {
    this.#client = client
    const hear = (channel: Buffer, bytes: Buffer): void => {
      this.#vigil.stir()
      const joined = this.#channels.get(channel.toString())
      if (joined !== undefined) tell(joined.hearer, bytes)
    }
    client.on('messageBuffer', hear as (...details: never[]) => void)
    client.on('smessageBuffer', hear as (...details: never[]) => void)
    // The slot of these channels has another master now. A client that was given up may say so as well.
    client.on('moved', () => {
      if (client === this.#client) this.relocate()
    })
    this.#vigil.start()
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
    if (this.#channels.get(channel)?.hearer !== hearer) return
    this.#channels.delete(channel)
    if (!this.#connection.isOpen) return
    const { isSharded, answerMs } = this.#options
    await this.#connection
      .perform((client) => (isSharded() ? client.sunsubscribe(channel) : client.unsubscribe(channel)), answerMs)
      // Lost meanwhile: nothing more comes from it anyway.
      .catch(() => undefined)
  }

  /** Subscribe anew; as often as it takes. */
  #restore(): void {
    if (this.#rejoining !== 'no') this.#rejoining = 'in vain'
    if (this.#isClosed || this.#channels.size === 0 || this.#retrying !== undefined || this.#rejoining !== 'no') return
    this.#tries += 1
    this.#retrying = setTimeout(() => {
      this.#retrying = undefined
      void this.#rejoin()
    }, retryDelayMs(this.#tries))
  }

  async #rejoin(): Promise<void> {
    this.#rejoining = 'yes'
    const isBack = await this.#joinAll()
    // A connection that was lost meanwhile took along what was joined.
    const isInVain = !isBack || this.#isLostAgain()
    this.#rejoining = 'no'
    if (isInVain) return this.#restore()
    this.#tries = 0
    this.tellAll()
  }

  #isLostAgain(): boolean {
    return this.#rejoining === 'in vain'
  }

  async #joinAll(): Promise<boolean> {
    try {
      for (const channel of [...this.#channels.keys()]) if (this.#channels.has(channel)) await this.#join(channel)
      return true
    } catch (error) {
      if (isReply(error) && replyCode(error) === 'MOVED') this.#options.onMoved(error.message)
      return false
    }
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
