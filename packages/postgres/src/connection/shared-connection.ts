import type { ClientFacts } from './client-facts.ts'
import type { PostgresPoolClient } from './postgres-options.ts'

/** A connection of a pool, and what is known of it. */
export interface LentConnection {
  readonly client: PostgresPoolClient
  readonly facts: ClientFacts
}

/** Where the connection comes from, and goes. */
export interface SharedConnectionOptions {
  readonly lend: () => Promise<LentConnection>
  readonly giveBack: (connection: LentConnection, isUnusable: boolean) => void
  /** Whether a connection is of no use after such an error. */
  readonly isUnusableAfter: (error: unknown) => boolean
}

/**
 * One connection at a time, which all who ask while somebody uses it use too: what they send goes in the order in which they
 * asked. It goes back when nobody uses it any more.
 */
export class SharedConnection {
  readonly #options: SharedConnectionOptions
  #current: Sharing | undefined

  constructor(options: SharedConnectionOptions) {
    this.#options = options
  }

  /** Do something on it. @throws what that throws, or whatever kept the connection from being lent. */
  async use<T>(perform: (connection: LentConnection) => Promise<T>): Promise<T> {
    this.#current ??= { lending: this.#options.lend(), users: 0, isUnusable: false }
    const sharing = this.#current
    sharing.users += 1
    try {
      sharing.lent = await sharing.lending
      return await perform(sharing.lent)
    } catch (error) {
      if (sharing.lent === undefined || this.#options.isUnusableAfter(error)) this.#abandon(sharing)
      throw error
    } finally {
      this.#left(sharing)
    }
  }

  /** Nobody else begins to use it. */
  #abandon(sharing: Sharing): void {
    sharing.isUnusable = true
    if (this.#current === sharing) this.#current = undefined
  }

  #left(sharing: Sharing): void {
    sharing.users -= 1
    if (sharing.users > 0) return
    if (this.#current === sharing) this.#current = undefined
    if (sharing.lent !== undefined) this.#options.giveBack(sharing.lent, sharing.isUnusable)
  }
}

interface Sharing {
  readonly lending: Promise<LentConnection>
  lent?: LentConnection
  users: number
  isUnusable: boolean
}
