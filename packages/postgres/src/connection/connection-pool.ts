import { createHash } from 'node:crypto'
import { Closed } from '@taskspace/core/backend'
import pg, { type ClientConfig } from 'pg'
import { answerWithin } from './answer-deadline.ts'
import { callFailure, isServerError, isStatementLost, type Progress } from './call-failure.ts'
import { type ClientFacts, lookAt } from './client-facts.ts'
import type { PostgresPool, PostgresPoolClient } from './postgres-options.ts'
import { resultTypes } from './result-types.ts'
import { type LentConnection, SharedConnection } from './shared-connection.ts'
import { StoreClient } from './store-client.ts'

/** How a pool of connections is used. */
export interface ConnectionPoolOptions {
  /** The application's own pool; absent: a pool of our own. */
  readonly given?: PostgresPool | undefined
  /** What connections of our own are made with. */
  readonly connection: ClientConfig
  /** Most of them. */
  readonly max: number
  /** How long an answer may take, and a connection, in ms. */
  readonly answerTimeoutMs: number
  /** Whether named prepared statements may be used. */
  readonly prepare: boolean
}

const IDLE_MS = 30_000
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED'

/** Errors after which a connection is of no use: it ends, or leads to a server that takes no writes. */
const UNUSABLE = /^(?:08|57P|25006|26000|42P05|XX)/

/** Of all pools: many of ours may share one of the application's, and each connection is looked at, and listened to, once. */
const known = new WeakMap<PostgresPoolClient, ClientFacts>()

/** Connections on which each call is one transaction, read committed. */
export class ConnectionPool {
  /** Whether statements on one connection need not wait for each other's answers, and others have connections besides. */
  readonly pipelines: boolean
  readonly #options: ConnectionPoolOptions
  readonly #own: pg.Pool | undefined
  readonly #pool: PostgresPool
  readonly #shared: SharedConnection
  readonly #names = new Map<string, string>()
  #prepare: boolean
  #closed = false

  constructor(options: ConnectionPoolOptions) {
    this.#options = options
    this.#prepare = options.prepare
    if (options.given === undefined) this.#own = ownPool(options)
    this.#pool = options.given ?? (this.#own as pg.Pool)
    this.pipelines = options.given === undefined && options.max > 1
    this.#shared = new SharedConnection({
      lend: () => this.#lend(),
      giveBack: ({ client }, isUnusable) => client.release(isUnusable),
      isUnusableAfter,
    })
  }

  /** Perform one statement. @throws as `PostgresLink.call` does, but tries nothing again. */
  async perform<Row>(sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
    const { client, facts } = await this.#lend()
    try {
      const rows = await this.#inTime(client, this.#send(client, facts, sql, values))
      client.release()
      return rows as readonly Row[]
    } catch (error) {
      client.release(isUnusableAfter(error))
      throw this.#failure(error, 'sent')
    }
  }

  /** The same; statements that are under way at once are performed one after the other, unless their connection breaks. */
  async performInOrder<Row>(sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
    if (!this.pipelines) return this.perform(sql, values)
    try {
      const rows = await this.#shared.use(({ client, facts }) =>
        this.#inTime(client, this.#send(client, facts, sql, values)),
      )
      return rows as readonly Row[]
    } catch (error) {
      throw this.#failure(error, 'sent')
    }
  }

  /** Close what is ours, once calls under way have ended. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#own?.end()
  }

  async #lend(): Promise<LentConnection> {
    if (this.#closed) throw new Closed('the connection to the store is closed')
    const client = await this.#acquire()
    return { client, facts: known.get(client) ?? (await this.#meet(client)) }
  }

  async #acquire(): Promise<PostgresPoolClient> {
    const connecting = this.#pool.connect()
    let late = false
    try {
      return await answerWithin(this.#options.answerTimeoutMs, connecting, () => {
        late = true
      })
    } catch (error) {
      // The pool goes on connecting: what comes of it is for others.
      if (late)
        connecting.then(
          (client) => client.release(),
          () => undefined,
        )
      throw callFailure(late ? new Error('no connection was free, or could be made, in time') : error, 'not sent')
    }
  }

  async #meet(client: PostgresPoolClient): Promise<ClientFacts> {
    // A pool has no listener on a connection that is in use, and one error would end the process.
    client.on('error', () => undefined)
    try {
      const { answerTimeoutMs } = this.#options
      const facts = await this.#inTime(client, lookAt(client, this.#own !== undefined, answerTimeoutMs))
      known.set(client, facts)
      return facts
    } catch (error) {
      client.release(isUnusableAfter(error))
      throw this.#failure(error, 'not sent')
    }
  }

  #inTime<T>(client: PostgresPoolClient, answer: Promise<T>): Promise<T> {
    return answerWithin(this.#options.answerTimeoutMs, answer, () => {
      if (client instanceof StoreClient) client.destroy()
    })
  }

  async #send(
    client: PostgresPoolClient,
    facts: ClientFacts,
    sql: string,
    values: readonly unknown[],
  ): Promise<unknown[]> {
    const named = this.#prepare && facts.direct
    const query = { text: sql, values, types: resultTypes, ...(named ? { name: this.#nameOf(sql) } : {}) }
    if (facts.readCommitted) return (await client.query(query)).rows
    return client instanceof StoreClient ? inOneBurst(client, query) : stepByStep(client, query)
  }

  #nameOf(sql: string): string {
    const known = this.#names.get(sql)
    if (known !== undefined) return known
    const name = `taskspace_${createHash('sha256').update(sql).digest('hex').slice(0, 24)}`
    this.#names.set(sql, name)
    return name
  }

  #failure(error: unknown, progress: Progress): Error {
    if (isStatementLost(error)) this.#prepare = false
    return isServerError(error) && progress === 'not sent'
      ? callFailure(error, progress)
      : keepServerError(error, progress)
  }
}

function isUnusableAfter(error: unknown): boolean {
  return !isServerError(error) || UNUSABLE.test(error.code)
}

/** Errors of the server go on as they are, for whoever decides on another try. */
function keepServerError(error: unknown, progress: Progress): Error {
  return isServerError(error) ? error : callFailure(error, progress)
}

function ownPool({ connection, max, answerTimeoutMs }: ConnectionPoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionTimeoutMillis: answerTimeoutMs,
    ...connection,
    Client: StoreClient as unknown as new () => pg.ClientBase,
    idleTimeoutMillis: IDLE_MS,
    max,
  })
  // An idle connection that breaks is replaced at the next call, which will tell if that is not possible.
  pool.on('error', () => undefined)
  return pool
}

interface Query {
  readonly text: string
  readonly values: readonly unknown[]
}

async function inOneBurst(client: StoreClient, query: Query): Promise<unknown[]> {
  const sent = [client.query(BEGIN), client.query(query as pg.QueryConfig), client.query('COMMIT')]
  const [began, called, committed] = await Promise.allSettled(sent)
  for (const step of [began, called, committed]) if (step?.status === 'rejected') throw step.reason
  return (called as PromiseFulfilledResult<pg.QueryResult>).value.rows
}

async function stepByStep(client: PostgresPoolClient, query: Query): Promise<unknown[]> {
  await client.query({ text: BEGIN })
  try {
    const { rows } = await client.query(query)
    await client.query({ text: 'COMMIT' })
    return rows
  } catch (error) {
    if (isServerError(error)) await client.query({ text: 'ROLLBACK' })
    throw error
  }
}
