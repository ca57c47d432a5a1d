import pg from 'pg'
import { startPostgres } from '../../tools/servers/postgres.ts'

/** What a server has done so far. */
export interface ServerWork {
  readonly transactions: number
  readonly rows: number
  readonly walBytes: number
}

/** A server of a run's own that keeps what it commits; `SYNCHRONOUS_COMMIT=off` lets it answer before that is on disk. */
export interface BenchDatabase {
  readonly url: string
  /** Counted once the server's own bookkeeping has settled. */
  work(): Promise<ServerWork>
  /** Hold a snapshot open, which keeps dead rows from being removed. Returns how to let it go. */
  pin(): Promise<() => Promise<void>>
  remove(): Promise<void>
}

const WORK = `SELECT xact_commit + xact_rollback AS transactions,
  tup_inserted + tup_updated + tup_deleted AS rows, pg_current_wal_insert_lsn() - '0/0' AS "walBytes"
FROM pg_stat_database WHERE datname = current_database()`

/** Start a server with nothing in it. */
export async function startDatabase(): Promise<BenchDatabase> {
  const synchronous = process.env.SYNCHRONOUS_COMMIT === 'off' ? 'off' : 'on'
  const settings = { synchronous_commit: synchronous, shared_buffers: '256MB', max_wal_size: '4GB' }
  const server = await startPostgres({ durable: true, settings })
  const client = new pg.Client({ connectionString: server.url() })
  await client.connect()
  const read = async (): Promise<ServerWork> => {
    const { rows } = await client.query<Record<keyof ServerWork, string>>(WORK)
    const [row] = rows
    if (row === undefined) throw new Error('the server tells nothing of itself')
    return { transactions: Number(row.transactions), rows: Number(row.rows), walBytes: Number(row.walBytes) }
  }
  return {
    url: server.url(),
    // Backends tell their counts about once a second.
    work: async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      return read()
    },
    pin: async () => {
      const holder = new pg.Client({ connectionString: server.url() })
      await holder.connect()
      await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
      await holder.query('SELECT count(*) FROM pg_class')
      return () => holder.end()
    },
    remove: async () => {
      await client.end()
      await server.remove()
    },
  }
}
