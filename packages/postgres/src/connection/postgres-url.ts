import { InvalidBrokerUrl } from '@taskspace/core/backend'
import type { ClientConfig } from 'pg'
import { tlsOf } from './tls-options.ts'

/** What a `postgres:` URL says. */
export interface PostgresUrl {
  readonly connection?: ClientConfig
  readonly schema?: string
  readonly migrate?: boolean
  readonly listen?: boolean
  readonly prepare?: boolean
  readonly connections?: number
  readonly answerTimeoutMs?: number
}

/** Parameters a `postgres:` URL may have: of ours, and of PostgreSQL's own. */
const POSTGRES_URL_PARAMETERS = [
  'schema',
  'migrate',
  'listen',
  'prepare',
  'connections',
  'answer_timeout',
  'application_name',
  'connect_timeout',
  'host',
  'options',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslrootcert',
] as const

/**
 * Read a `postgres:` or `postgresql:` URL. What it leaves out comes from PostgreSQL's environment variables, as with psql.
 *
 * @throws InvalidBrokerUrl, which never repeats the URL's credentials.
 */
export function parsePostgresUrl(text: string): PostgresUrl {
  const url = parsed(text)
  const parameters = url.searchParams
  for (const name of parameters.keys()) checkParameter(name)
  const number = (name: string) => numberIn(parameters, name)
  const connectTimeout = number('connect_timeout')
  return {
    connection: {
      ...serverOf(url),
      ...defined({
        application_name: parameters.get('application_name'),
        options: parameters.get('options'),
        ssl: tlsOf(parameters),
        connectionTimeoutMillis: connectTimeout === undefined ? undefined : connectTimeout * 1000,
      }),
    },
    ...defined({
      schema: parameters.get('schema'),
      migrate: flagIn(parameters, 'migrate'),
      listen: flagIn(parameters, 'listen'),
      prepare: flagIn(parameters, 'prepare'),
      connections: number('connections'),
      answerTimeoutMs: number('answer_timeout'),
    }),
  }
}

function parsed(text: string): URL {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
  // A path of more than one part has a piece of a password in it whose '/' was not written as %2F.
  if (url !== undefined && /^postgres(?:ql)?:\/\//.test(text) && /^\/?[^/@]*$/.test(url.pathname)) return url
  throw new InvalidBrokerUrl("invalid broker URL: this is no 'postgres://user:password@host:port/database'")
}

function checkParameter(name: string): void {
  if ((POSTGRES_URL_PARAMETERS as readonly string[]).includes(name)) return
  const known = POSTGRES_URL_PARAMETERS.join(', ')
  throw new InvalidBrokerUrl(`invalid broker URL: a postgres URL has no parameter '${name}' (it has ${known})`)
}

function serverOf(url: URL): ClientConfig {
  const socket = url.searchParams.get('host')
  try {
    return defined({
      host: socket ?? (decodeURIComponent(url.hostname).replace(/^\[(.+)\]$/, '$1') || null),
      port: url.port === '' ? null : Number(url.port),
      user: decodeURIComponent(url.username) || null,
      password: decodeURIComponent(url.password) || null,
      database: decodeURIComponent(url.pathname.slice(1)) || null,
    })
  } catch (cause) {
    throw new InvalidBrokerUrl("invalid broker URL: a '%' in it is not followed by two hexadecimal digits", { cause })
  }
}

function flagIn(parameters: URLSearchParams, name: string): boolean | undefined {
  const value = parameters.get(name)
  if (value === null) return undefined
  if (value === 'true' || value === 'false') return value === 'true'
  throw new InvalidBrokerUrl(`invalid broker URL: ${name}=${value} is neither true nor false`)
}

function numberIn(parameters: URLSearchParams, name: string): number | undefined {
  const value = parameters.get(name)
  if (value === null) return undefined
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value)
  throw new InvalidBrokerUrl(`invalid broker URL: ${name}=${value} is not a whole number above 0`)
}

type Defined<T> = { [K in keyof T]?: NonNullable<T[K]> }

/** The fields that have a value. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) as Defined<T>
}
