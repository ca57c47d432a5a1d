import type { ConnectionOptions as TlsOptions } from 'node:tls'
import { InvalidArgument } from '@taskspace/core/backend'
import type { Cluster, Redis, RedisOptions } from 'ioredis'
import type { ServerAddress } from './redis-target.ts'

/** Where a Redis store is, and how to get there. */
export interface RedisConnectionOptions {
  /** `redis://user:password@host:6379/0`; see `createTaskQueue` for what else it may say. Default `redis://localhost:6379/0`. */
  readonly url?: string
  /**
   * A client of the application, for one server, by Sentinel, or for a Cluster: connections like its own are made, and
   * the client itself is left alone. In the place of `url`.
   */
  readonly client?: Redis | Cluster
  /** More nodes of a Cluster, any of which may be asked for the others. */
  readonly nodes?: readonly ServerAddress[]
  /** Options of ioredis for its connections, such as `sentinels`; they win over the URL. */
  readonly options?: RedisOptions
  /** Speak TLS, with these settings, such as `ca`. Default: for `rediss:` URLs. */
  readonly tls?: TlsOptions
  /** Use a server that drops data when its memory is full. Default false: `maxmemory-policy` has to be `noeviction`. */
  readonly allowEviction?: boolean
  /** Use a server whatever its version. Default false: Redis 6.2, or what is compatible with it (RQ-02). */
  readonly anyVersion?: boolean
  /** How long the answer to a call may take, in ms, and a little longer for a large one; default 5000. */
  readonly commandTimeout?: number
  /** How long connecting may take, in ms; default 2000. */
  readonly connectTimeout?: number
}

const KNOWN: ReadonlySet<string> = new Set<keyof RedisConnectionOptions>([
  'url',
  'client',
  'nodes',
  'options',
  'tls',
  'allowEviction',
  'anyVersion',
  'commandTimeout',
  'connectTimeout',
])

/** Check options. @throws InvalidArgument for one that is not known or cannot be used. */
export function checkRedisOptions(options: RedisConnectionOptions): void {
  if (typeof options !== 'object' || options === null) throw invalid('options', 'is not an object')
  for (const name of Object.keys(options))
    if (!KNOWN.has(name)) throw invalid(name, 'is not an option of a Redis queue')
  if (options.client !== undefined && options.url !== undefined)
    throw invalid('client', 'says where the store is, and so does url')
  for (const name of ['commandTimeout', 'connectTimeout'] as const) checkMs(name, options[name])
  for (const name of ['allowEviction', 'anyVersion'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'boolean')
      throw invalid(name, 'is neither true nor false')
  }
  if (options.client !== undefined && typeof (options.client as Partial<Redis>).duplicate !== 'function') {
    throw invalid('client', 'is no client of ioredis')
  }
}

function checkMs(name: string, value: unknown): void {
  if (value === undefined) return
  if (!Number.isSafeInteger(value) || Number(value) < 1 || Number(value) >= 2 ** 31) {
    throw invalid(name, 'is no whole number of milliseconds above 0')
  }
}

function invalid(name: string, why: string): InvalidArgument {
  return new InvalidArgument(name, `invalid ${name}: ${why}`)
}
