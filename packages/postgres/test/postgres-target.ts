import { randomUUID } from 'node:crypto'
import type { TaskQueueTarget } from '@taskspace/testing/kit'
import pg from 'pg'
import { afterAll, inject } from 'vitest'
import type {} from '../../../tools/servers/postgres-setup.ts'
import { migrate } from '../src/migrate/migrate.ts'
import { quotedSchema } from '../src/migrate/schema-name.ts'
import { PostgresTaskQueue } from '../src/postgres-task-queue.ts'
import { rolesSql } from '../src/roles/roles-sql.ts'
import { endPool } from './end-pool.ts'
import { asOwner } from './scratch-store.ts'

const SCHEMA = 'taskspace "kit"\'s'

/** Where the kit is run, unless that is the server of the run, as its owner. */
export interface KitServer {
  /** Server to migrate, as its owner; default: that of the run. */
  readonly ownerUrl?: () => string
  /** Where the queues connect to; default: the same. */
  readonly url?: () => string
  /** A role that gets the rights of a worker. */
  readonly worker?: string
}

/** The Postgres backend, for the kit: one schema for all, a namespace for each. */
export function postgresTarget(server: KitServer = {}): TaskQueueTarget {
  const store = new KitStore(server)
  afterAll(() => store.close())
  return {
    create: () => store.opened(randomUUID()),
    reopen: (queue) => store.opened(queue.namespace),
  }
}

class KitStore {
  readonly #server: KitServer
  #migrated: Promise<unknown> | undefined
  /** Shared by all: a connection of its own has to compile each function anew. */
  #pool: pg.Pool | undefined

  constructor(server: KitServer) {
    this.#server = server
  }

  async opened(namespace: string): Promise<PostgresTaskQueue> {
    this.#migrated ??= this.#migrate()
    await this.#migrated
    const { ownerUrl = () => inject('postgresUrl'), url = ownerUrl } = this.#server
    this.#pool ??= new pg.Pool({ connectionString: url(), max: 8 })
    const queue = new PostgresTaskQueue({ pool: this.#pool, schema: SCHEMA, namespace })
    await queue.open()
    return queue
  }

  async close(): Promise<void> {
    if (this.#pool !== undefined) await endPool(this.#pool)
  }

  async #migrate(): Promise<void> {
    const { ownerUrl = () => inject('postgresUrl'), worker } = this.#server
    await migrate({ url: ownerUrl(), schema: SCHEMA })
    if (worker !== undefined) await asOwner(ownerUrl(), rolesSql({ schema: SCHEMA, worker }) + clockFor(worker))
  }
}

/** What only tests may do. */
function clockFor(role: string): string {
  const move = `${quotedSchema(SCHEMA)}.shift_clock_v1`
  return `ALTER FUNCTION ${move} SECURITY DEFINER; GRANT EXECUTE ON FUNCTION ${move} TO ${role};`
}
