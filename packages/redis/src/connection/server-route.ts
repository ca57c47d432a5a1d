import type { RedisClient } from './redis-client.ts'
import type { RedisTarget, ServerAddress } from './redis-target.ts'

/**
 * Which server to ask. On a Cluster that is the master of the namespace's slot: any server names it, by refusing what it
 * has not got itself. One that cannot be reached is forgotten, and the next seed asked.
 */
export class ServerRoute {
  readonly #target: RedisTarget
  #seed = 0
  #owner: ServerAddress | undefined

  constructor(target: RedisTarget) {
    this.#target = target
  }

  /** A client for the server to ask now; one that does not become ready makes the next call choose another. */
  async makeClient(name: string): Promise<RedisClient> {
    const to = this.#owner ?? this.#seed
    const client = this.#target.makeClient(to, name)
    client.on('close', () => {
      if (!ready) this.#failed(to)
    })
    let ready = false
    client.on('ready', () => {
      ready = true
    })
    return client
  }

  /** A client for the same server, to look whether it answers at all: what becomes of it changes nothing. */
  async makeProbe(): Promise<RedisClient> {
    return this.#target.makeClient(this.#owner ?? this.#seed, 'taskspace:probe')
  }

  /** A server said `MOVED slot host:port`. @returns whether this is news. */
  follow(message: string): boolean {
    const owner = addressIn(message, this.#owner)
    if (owner.host === this.#owner?.host && owner.port === this.#owner.port) return false
    this.#owner = owner
    return true
  }

  #failed(to: number | ServerAddress): void {
    if (to !== (this.#owner ?? this.#seed)) return
    if (this.#owner === undefined) this.#seed = (this.#seed + 1) % this.#target.seeds
    this.#owner = undefined
  }
}

/** Where `MOVED slot host:port` points to; an empty host is the one that said so. */
function addressIn(message: string, from?: ServerAddress): ServerAddress {
  const [, , where = ''] = message.split(' ')
  const colon = where.lastIndexOf(':')
  return { host: where.slice(0, colon) || from?.host || '127.0.0.1', port: Number(where.slice(colon + 1)) }
}
