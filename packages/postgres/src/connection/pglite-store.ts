import type { PGlite } from '@electric-sql/pglite'
import { BackendMissing } from '@taskspace/core/backend'
import type { StoreTransaction } from '../migrate/run-migrations.ts'
import type { PgliteUrl } from './pglite-url.ts'
import { embeddedParsers } from './result-types.ts'
import type { Notification } from './signal-text.ts'

/** The stores that are open in this process. A folder belongs to one database at a time. */
const open = new Map<string, PgliteStore>()

/** An embedded database, shared by all in this process that name it; it closes with its last user. */
export class PgliteStore {
  readonly #key: string
  readonly #database: Promise<PGlite>
  readonly #hearers = new Set<(notification: Notification) => void>()
  #users = 0

  constructor({ key, folder }: PgliteUrl) {
    this.#key = key
    this.#database = create(folder)
  }

  /** The store of a URL; the user owes `release`. @throws BackendMissing if PGlite is not installed; what PGlite throws. */
  static async acquire(url: PgliteUrl): Promise<PgliteStore> {
    const store = open.get(url.key) ?? new PgliteStore(url)
    open.set(url.key, store)
    store.#users += 1
    try {
      await store.#database
      return store
    } catch (error) {
      if (open.get(url.key) === store) open.delete(url.key)
      throw error
    }
  }

  /** One user less. */
  async release(): Promise<void> {
    this.#users -= 1
    if (this.#users > 0) return
    open.delete(this.#key)
    await (await this.#database).close()
  }

  /** One statement, a transaction of its own. */
  async query<Row>(sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
    const database = await this.#database
    return (await database.query<Row>(sql, [...values], { parsers: { ...embeddedParsers } })).rows
  }

  /** Several statements in one transaction. */
  async inTransaction<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    const database = await this.#database
    return database.transaction((tx) =>
      work({
        query: async <Row>(sql: string, values: readonly unknown[] = []) =>
          (await tx.query<Row>(sql, [...values], { parsers: { ...embeddedParsers } })).rows,
        run: async (sql) => void (await tx.exec(sql)),
      }),
    )
  }

  /** Tell everybody in this process: nobody else can have the store open. */
  tell(notification: Notification): void {
    for (const hear of this.#hearers) hear(notification)
  }

  /** Hear what is told. Returns how to stop. */
  listen(hear: (notification: Notification) => void): () => void {
    this.#hearers.add(hear)
    return () => this.#hearers.delete(hear)
  }
}

async function create(folder: string | undefined): Promise<PGlite> {
  const { PGlite } = await loaded()
  return PGlite.create(folder === undefined ? {} : { dataDir: folder })
}

async function loaded(): Promise<typeof import('@electric-sql/pglite')> {
  try {
    return await import('@electric-sql/pglite')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new BackendMissing('a pglite URL needs @electric-sql/pglite: install @electric-sql/pglite', { cause })
  }
}
