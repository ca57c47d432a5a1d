import { readFileSync } from 'node:fs'
import { InvalidBrokerUrl } from '@taskspace/core/backend'
import type { RedisConnectionOptions } from './redis-options.ts'
import type { ServerAddress } from './redis-target.ts'

/** What a URL of a Redis store says. */
export interface RedisUrl {
  /** Absent: a unix socket. */
  readonly address?: ServerAddress
  /** Path of a unix socket. */
  readonly path?: string
  readonly db: number
  readonly username?: string
  readonly password?: string
  /** Name of the master that the given servers, which are Sentinels, know. */
  readonly sentinel?: string
  readonly nodes: readonly ServerAddress[]
  readonly options: Pick<
    RedisConnectionOptions,
    'tls' | 'allowEviction' | 'anyVersion' | 'commandTimeout' | 'connectTimeout'
  >
}

const PORT = 6379

const PARAMETERS = new Set([
  'db',
  'node',
  'sentinel',
  'ca',
  'allowEviction',
  'anyVersion',
  'commandTimeout',
  'connectTimeout',
])

/** Read a URL. @throws InvalidBrokerUrl saying what is wrong, without the credentials in it. */
export function parseRedisUrl(text: string): RedisUrl {
  if (!URL.canParse(text)) throw invalid('it is no URL')
  const url = new URL(text)
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') throw invalid('it does not begin with redis: or rediss:')
  for (const name of url.searchParams.keys())
    if (!PARAMETERS.has(name)) throw invalid(`it has an unknown parameter '${name}'`)
  const sentinel = url.searchParams.get('sentinel')
  return {
    ...placeOf(url),
    ...credentialsOf(url),
    ...(sentinel !== null && { sentinel }),
    nodes: url.searchParams.getAll('node').map(addressOf),
    options: optionsOf(url),
  }
}

/** `redis://host:port/db`, or `redis:///path/to.sock?db=1`. */
function placeOf(url: URL): Pick<RedisUrl, 'address' | 'path' | 'db'> {
  const given = url.searchParams.get('db')
  if (url.hostname !== '') {
    const db = given ?? url.pathname.slice(1)
    return { address: { host: bareHost(url.hostname), port: Number(url.port || PORT) }, db: databaseOf(db) }
  }
  const path = decodeURIComponent(url.pathname)
  if (/^\/?\d*$/.test(path) || !path.startsWith('/')) throw invalid('it names no host')
  return { path, db: databaseOf(given ?? '') }
}

function databaseOf(text: string): number {
  if (!/^\d{0,9}$/.test(text)) throw invalid('its database is no number')
  return Number(text)
}

function credentialsOf(url: URL): Pick<RedisUrl, 'username' | 'password'> {
  try {
    return {
      ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
      ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
    }
  } catch (error) {
    throw invalid('its user or password is not encoded well: write % as %25', error)
  }
}

function addressOf(text: string): ServerAddress {
  const url = `redis://${text}`
  if (!URL.canParse(url) || new URL(url).hostname === '') throw invalid(`node '${text}' is not host:port`)
  const { hostname, port } = new URL(url)
  return { host: bareHost(hostname), port: Number(port || PORT) }
}

/** IPv6 addresses stand in brackets in a URL alone. */
function bareHost(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}

function optionsOf(url: URL): RedisUrl['options'] {
  const parameters = url.searchParams
  const ca = parameters.get('ca')
  const isSecure = url.protocol === 'rediss:'
  if (ca !== null && !isSecure) throw invalid('a ca needs rediss:')
  return {
    ...(isSecure && { tls: ca === null ? {} : { ca: certificate(ca) } }),
    ...switchOf(parameters, 'allowEviction'),
    ...switchOf(parameters, 'anyVersion'),
    ...msOf(parameters, 'commandTimeout'),
    ...msOf(parameters, 'connectTimeout'),
  }
}

function switchOf(parameters: URLSearchParams, name: string): Record<string, boolean> {
  const text = parameters.get(name)
  if (text === null) return {}
  if (!['', 'true', 'false'].includes(text)) throw invalid(`${name} is neither true nor false`)
  return { [name]: text !== 'false' }
}

function msOf(parameters: URLSearchParams, name: string): Record<string, number> {
  const text = parameters.get(name)
  if (text === null) return {}
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw invalid(`${name} is no number of milliseconds above 0`)
  return { [name]: Number(text) }
}

function certificate(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw invalid('its ca cannot be read', error)
  }
}

function invalid(why: string, cause?: unknown): InvalidBrokerUrl {
  return new InvalidBrokerUrl(`invalid broker URL: ${why}`, cause === undefined ? undefined : { cause })
}
