import { BackendUnavailable, Closed } from '@taskspace/core/backend'
import { isElsewhere, isExplained, rejected, whileConnecting } from './connection-errors.ts'
import { inTime } from './in-time.ts'
import type { RedisClient } from './redis-client.ts'
import { Wire, type WireOptions } from './wire.ts'

/** What a connection needs. */
export interface ConnectionOptions extends Omit<WireOptions, 'onEnd'> {
  /** Make a client for the server that is to be asked now; it is not connected yet. */
  readonly makeClient: () => Promise<RedisClient>
  /** Ask something over a new connection, before anybody else does; throws if the server will not do. */
  readonly greet: (client: RedisClient) => Promise<unknown>
  /** How long connecting may take, in ms, each time. */
  readonly connectMs: number
  /** How often to try, since `makeClient` may come to another server then; default 1. */
  readonly attempts?: number
  /** An open connection was lost, or gave no answer in time. */
  readonly onLost?: () => void
}

/** A connection that is being made. */
interface Attempt {
  client: RedisClient | undefined
  error: unknown
  isOver: boolean
}

/**
 * One connection at a time to a server, made when it is needed. A command is sent once, over a connection that is open, and
 * is answered, or given up at its deadline.
 */
export class Connection {
  readonly #options: ConnectionOptions
  #wire: Wire | undefined
  #connecting: Promise<Wire> | undefined
  #isClosed = false

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  /** Whether there is a connection now. */
  get isOpen(): boolean {
    return this.#usable() !== undefined
  }

  /** Connect if there is no connection. @throws BackendUnavailable `rejected`; BackendRefused; Closed. */
  async open(): Promise<void> {
    await this.#ready()
  }

  /**
   * Send one command, or several in a row.
   *
   * @throws BackendUnavailable `rejected` if it was not sent, `unknown` if no answer came within `deadlineMs`; Closed; what
   * the server answers.
   */
  async perform<T>(send: (client: RedisClient) => Promise<T>, deadlineMs: number): Promise<T> {
    const wire = this.#usable() ?? (await this.#ready())
    if (this.#isClosed) throw closed()
    try {
      return await wire.send(send, deadlineMs)
    } catch (error) {
      if (this.#isClosed) throw closed()
      if (isElsewhere(error) && this.#wire === wire) this.retire()
      throw error
    }
  }

  /** Let what is under way finish, and use a new connection from now on. */
  retire(): void {
    const wire = this.#wire
    this.#wire = undefined
    wire?.retire()
  }

  /** Give the connection up, and what is under way on it. */
  drop(): void {
    const wire = this.#wire
    this.#wire = undefined
    wire?.close()
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true
    this.drop()
  }

  #usable(): Wire | undefined {
    return this.#wire?.isUsable === true ? this.#wire : undefined
  }

  #ready(): Promise<Wire> {
    if (this.#isClosed) return Promise.reject(closed())
    const usable = this.#usable()
    if (usable !== undefined) return Promise.resolve(usable)
    this.#connecting ??= this.#connectSomewhere().finally(() => {
      this.#connecting = undefined
    })
    return this.#connecting
  }

  async #connectSomewhere(): Promise<Wire> {
    const { attempts = 1 } = this.#options
    for (let left = attempts - 1; ; left -= 1) {
      try {
        return await this.#connect()
      } catch (error) {
        if (left <= 0 || !(error instanceof BackendUnavailable)) throw error
      }
    }
  }

  async #connect(): Promise<Wire> {
    const { server, connectMs } = this.#options
    const attempt: Attempt = { client: undefined, error: undefined, isOver: false }
    try {
      const client = await inTime(this.#attempt(attempt), connectMs, () => rejected(server, 'does not answer'))
      return this.#use(client)
    } catch (error) {
      attempt.isOver = true
      attempt.client?.disconnect()
      throw isExplained(error) ? error : whileConnecting(server, attempt.error ?? error)
    }
  }

  async #attempt(attempt: Attempt): Promise<RedisClient> {
    const client = await this.#options.makeClient()
    if (attempt.isOver) return client
    attempt.client = client
    // The client tells the reason here, and to whoever waits only that it is closed.
    client.on('error', (error: never) => {
      attempt.error ??= error
    })
    await client.connect()
    // A wrong password or database may be answered after the client takes itself for ready, but not after this.
    await this.#options.greet(client)
    if (attempt.error !== undefined) throw attempt.error
    return client
  }

  #use(client: RedisClient): Wire {
    if (this.#isClosed) {
      client.disconnect()
      throw closed()
    }
    const wire = new Wire(client, { ...this.#options, onEnd: (over) => this.#lost(over) })
    if (!wire.isUsable) throw rejected(this.#options.server, 'is away')
    this.#wire = wire
    return wire
  }

  #lost(wire: Wire): void {
    if (this.#wire !== wire) return
    this.#wire = undefined
    this.#options.onLost?.()
  }
}

function closed(): Closed {
  return new Closed('this Redis queue is closed')
}
