import type { SocketCounts } from './silence-watch.ts'

/**
 * As much of an ioredis client as a connection uses; so it can be of either major version, or made by a client that the
 * application gave.
 */
export interface RedisClient {
  readonly status: string
  /** The socket, once it is connected. */
  readonly stream: SocketCounts & { readonly writable: boolean; destroy(): unknown }
  connect(): Promise<unknown>
  disconnect(): void
  /** Send any command; bulk replies come as Buffers. */
  callBuffer(command: string, args: readonly (string | Buffer | number)[]): Promise<unknown>
  subscribe(channel: string): Promise<unknown>
  ssubscribe(channel: string): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
  sunsubscribe(channel: string): Promise<unknown>
  on(event: string, listener: (...details: never[]) => void): unknown
}

/** Options of every client that a connection uses: it lives for one socket, sends nothing twice, and says what fails. */
export const ONE_SOCKET = {
  lazyConnect: true,
  retryStrategy: () => null,
  enableOfflineQueue: false,
  enableReadyCheck: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  reconnectOnError: null,
  enableAutoPipelining: false,
  disableClientInfo: true,
  keyPrefix: '',
  stringNumbers: false,
  replyMapping: 'legacy',
  disconnectTimeout: 500,
  monitor: false,
  readOnly: false,
} as const
