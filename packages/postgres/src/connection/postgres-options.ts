import { InvalidArgument } from '@taskspace/core/backend'
import type { ClientConfig } from 'pg'
import { DEFAULT_SCHEMA, quotedSchema } from '../migrate/schema-name.ts'
import { parsePostgresUrl } from './postgres-url.ts'

/** How to reach a store in PostgreSQL, and how to use it. One of `url`, `connection` and `pool` says where it is. */
export interface PostgresStoreOptions {
  /**
   * `postgres://user:password@host:port/database?…`; parameters: `schema`, `migrate`, `listen`, `prepare`,
   * `connections` and `answer_timeout` as the options here, and PostgreSQL's `application_name`, `connect_timeout` (s), `host` (a
   * socket's folder), `options`, `sslmode`, `sslrootcert`, `sslcert` and `sslkey`.
   */
  readonly url?: string | undefined
  /** Options of pg's `Client`, such as `{ host, user, password, ssl }`, in place of a URL. */
  readonly connection?: ClientConfig | undefined
  /**
   * A pool of the application's own, whose connections are shared; it is not closed. Renewal and LISTEN get connections of
   * their own with its options.
   */
  readonly pool?: PostgresPool | undefined
  /** Schema of the store; default `taskspace`. */
  readonly schema?: string | undefined
  /** Bring the schema up to date when it is opened, which needs its owner's rights. Default false. */
  readonly migrate?: boolean | undefined
  /** Hear of new jobs and results by LISTEN, where the connection allows it; else by asking often. Default true. */
  readonly listen?: boolean | undefined
  /** Use named prepared statements, where the connection allows them. Default true. */
  readonly prepare?: boolean | undefined
  /** Most connections for calls, of a pool that is not the application's; default 5. Renewal and LISTEN come on top. */
  readonly connections?: number | undefined
  /** How long an answer may take before its connection is given up, in ms; default 10,000. Renewals have half of it. */
  readonly answerTimeoutMs?: number | undefined
}

/** What is used of pg's `Pool`. */
export interface PostgresPool {
  connect(): Promise<PostgresPoolClient>
  /** What its connections are made with. */
  readonly options: object
}

/** What is used of a client of a pool. */
export interface PostgresPoolClient {
  query(query: object): Promise<{ readonly rows: unknown[] }>
  release(error?: Error | boolean): void
  on(event: 'error', listener: (error: Error) => void): unknown
}

/** Options once checked, every default filled in. */
export interface PostgresSetup {
  /** What connections are made with. */
  readonly connection: ClientConfig
  readonly pool: PostgresPool | undefined
  readonly schema: string
  readonly migrate: boolean
  readonly listen: boolean
  readonly prepare: boolean
  readonly connections: number
  readonly answerTimeoutMs: number
}

/** Check how to reach a store. @throws InvalidArgument, InvalidBrokerUrl; neither says a password. */
export function parsePostgresOptions(options: PostgresStoreOptions): PostgresSetup {
  const ways = [options.url, options.connection, options.pool].filter((way) => way !== undefined)
  if (ways.length !== 1)
    throw new InvalidArgument('url', 'exactly one of url, connection and pool says where the store is')
  const given = options.url === undefined ? {} : parsePostgresUrl(options.url)
  const setup = {
    connection: given.connection ?? options.connection ?? optionsOf(options.pool as PostgresPool),
    pool: options.pool,
    schema: options.schema ?? given.schema ?? DEFAULT_SCHEMA,
    migrate: checkedFlag('migrate', options.migrate ?? given.migrate ?? false),
    listen: checkedFlag('listen', options.listen ?? given.listen ?? true),
    prepare: checkedFlag('prepare', options.prepare ?? given.prepare ?? true),
    connections: checkedCount('connections', options.connections ?? given.connections ?? 5),
    answerTimeoutMs: checkedCount('answerTimeoutMs', options.answerTimeoutMs ?? given.answerTimeoutMs ?? 10_000),
  }
  quotedSchema(setup.schema)
  return setup
}

/** A pool hides its password and keys from those who list its options. */
function optionsOf(pool: PostgresPool): ClientConfig {
  if (typeof pool?.connect !== 'function' || typeof pool.options !== 'object') {
    throw new InvalidArgument('pool', 'pool is no Pool of pg')
  }
  const options = pool.options as ClientConfig
  const { password } = options
  return password === undefined ? { ...options } : { ...options, password }
}

function checkedFlag(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new InvalidArgument(name, `${name} is neither true nor false`)
}

function checkedCount(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value < 2 ** 31) return value
  throw new InvalidArgument(name, `${name} is not a whole number above 0`)
}
