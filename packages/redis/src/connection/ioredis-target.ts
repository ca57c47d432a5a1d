import { type Cluster, Redis, type RedisOptions } from 'ioredis'
import { ONE_SOCKET, type RedisClient } from './redis-client.ts'
import { checkRedisOptions, type RedisConnectionOptions } from './redis-options.ts'
import type { RedisTarget, ServerAddress } from './redis-target.ts'
import { parseRedisUrl, type RedisUrl } from './redis-url.ts'

const COMMAND_MS = 5_000
const CONNECT_MS = 2_000
const DEFAULT_URL = 'redis://localhost:6379/0'

/** Where connections go: settings of ioredis for each of the seeds, and what makes a client of them. */
interface Settings {
  readonly seeds: readonly RedisOptions[]
  create(options: RedisOptions): unknown
}

/**
 * The target that options describe.
 *
 * @throws InvalidBrokerUrl; InvalidArgument naming the option.
 */
export function ioredisTarget(given: RedisConnectionOptions): RedisTarget {
  checkRedisOptions(given)
  const { client } = given
  const url = client === undefined ? parseRedisUrl(given.url ?? DEFAULT_URL) : undefined
  const options = { ...url?.options, ...given }
  const { seeds, create } = client === undefined ? settingsOf(url as RedisUrl) : settingsOfClient(client)
  const common: RedisOptions = {
    ...(options.tls && { tls: options.tls }),
    ...given.options,
    ...ONE_SOCKET,
    connectTimeout: options.connectTimeout ?? CONNECT_MS,
    sentinelRetryStrategy: () => null,
  }
  const [first = {}] = seeds
  const nodes = (given.nodes ?? []).map((node) => ({ ...first, ...node }))
  const all = [...seeds, ...nodes].map((seed) => ({ ...seed, ...common }))
  return {
    url: shownUrl(all[0] ?? common),
    server: shownServer(all[0] ?? common),
    seeds: all.length,
    makeClient: (to, name) => create(settingsFor(to, all, name)) as RedisClient,
    demands: { allowEviction: options.allowEviction ?? false, anyVersion: options.anyVersion ?? false },
    commandMs: options.commandTimeout ?? COMMAND_MS,
    connectMs: options.connectTimeout ?? CONNECT_MS,
  }
}

function settingsOf(url: RedisUrl): Settings {
  const { address, path, db, username, password, sentinel, nodes } = url
  const common = { db, ...(username !== undefined && { username }), ...(password !== undefined && { password }) }
  const create = (options: RedisOptions): Redis => new Redis({ ...options, replyMapping: 'legacy' })
  if (address === undefined) return { seeds: [{ ...common, ...(path !== undefined && { path }) }], create }
  const servers = [address, ...nodes]
  if (sentinel === undefined) return { seeds: servers.map((server) => ({ ...common, ...server })), create }
  return { seeds: [{ ...common, sentinels: servers, name: sentinel }], create }
}

/** By `duplicate`, so that the client may be of another copy of ioredis than ours. */
function settingsOfClient(client: Redis | Cluster): Settings {
  if (!client.isCluster) {
    const single = client as Redis
    return { seeds: [single.options], create: (options) => single.duplicate(options) }
  }
  const cluster = client as Cluster
  const nodes = cluster.nodes('all')
  const [node] = nodes
  if (node === undefined) throw new Error('the cluster client knows no node yet: wait until it is ready')
  return { seeds: nodes.map((each) => each.options), create: (options) => node.duplicate(options) }
}

function settingsFor(to: number | ServerAddress, seeds: readonly RedisOptions[], name: string): RedisOptions {
  const connectionName = name
  if (typeof to === 'number') return { ...seeds[to], connectionName }
  return { ...seeds[0], host: to.host, port: to.port, connectionName }
}

function shownServer(options: RedisOptions): string {
  if (options.sentinels) return `${options.name} of ${options.sentinels.map(shownAddress).join(', ')}`
  return options.path ?? shownAddress(options)
}

function shownUrl(options: RedisOptions): string {
  const { db = 0, path, sentinels, name } = options
  if (sentinels) return `redis://${shownAddress(sentinels[0] ?? {})}/${db}?sentinel=${encodeURIComponent(name ?? '')}`
  const scheme = options.tls ? 'rediss' : 'redis'
  return path ? `${scheme}://${encodeURI(path)}?db=${db}` : `${scheme}://${shownAddress(options)}/${db}`
}

function shownAddress({
  host = 'localhost',
  port = 6379,
}: {
  host?: string | undefined
  port?: number | undefined
}): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
