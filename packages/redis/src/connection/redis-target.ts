import type { RedisClient } from './redis-client.ts'
import type { ServerDemands } from './server-facts.ts'

/** Host and port of a server. */
export interface ServerAddress {
  readonly host: string
  readonly port: number
}

/** Where a store is, and how to get there. */
export interface RedisTarget {
  /** Without credentials; equal for two targets that are one store. */
  readonly url: string
  /** For messages: host and port, or the path of a socket. */
  readonly server: string
  /** How many servers can be asked; more than one for a Cluster. */
  readonly seeds: number
  /**
   * Make a client that is not connected yet, for one of the seeds or for a server that a seed named.
   *
   * @param name what the server shows of the connection.
   */
  makeClient(to: number | ServerAddress, name: string): RedisClient
  readonly demands: ServerDemands
  /** How long an answer may take, in ms. */
  readonly commandMs: number
  /** How long connecting may take, in ms. */
  readonly connectMs: number
}
