import type { StoreTransaction } from '../migrate/run-migrations.ts'
import type { Finding } from './finding.ts'

interface ServerFacts {
  readonly version: number
  readonly standby: boolean
  readonly read_only: string
  readonly fsync: string
  readonly full_page_writes: string
  readonly synchronous_commit: string
  readonly autovacuum: string
  readonly encoding: string
  readonly oldest_ms: number | null
  readonly prepared: number
  readonly stale_slots: number
}

const FACTS = `SELECT current_setting('server_version_num')::int AS version,
  pg_is_in_recovery() AS standby,
  current_setting('default_transaction_read_only') AS read_only,
  current_setting('fsync') AS fsync,
  current_setting('full_page_writes') AS full_page_writes,
  current_setting('synchronous_commit') AS synchronous_commit,
  current_setting('autovacuum') AS autovacuum,
  current_setting('server_encoding') AS encoding,
  (SELECT max(extract(epoch FROM clock_timestamp() - xact_start) * 1000)::int8 FROM pg_stat_activity
    WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()) AS oldest_ms,
  (SELECT count(*)::int FROM pg_prepared_xacts) AS prepared,
  (SELECT count(*)::int FROM pg_replication_slots WHERE NOT active) AS stale_slots`

/** A transaction open for longer than this keeps dead rows from being removed. */
const LONG_MS = 5 * 60_000

type Check = readonly [code: string, severity: Finding['severity'], isSo: (facts: ServerFacts) => boolean, text: string]

const CHECKS: readonly Check[] = [
  [
    'old-version',
    'error',
    ({ version }) => version < 130_000,
    'PostgreSQL before 13 is not supported: upgrade the server',
  ],
  ['standby', 'error', ({ standby }) => standby, 'the server is a standby: connect to the primary'],
  [
    'read-only',
    'error',
    ({ read_only }) => read_only === 'on',
    'transactions are read-only by default (default_transaction_read_only): no job can be stored',
  ],
  [
    'fsync-off',
    'error',
    ({ fsync }) => fsync === 'off',
    'fsync is off: a crash of the machine can lose everything; switch it on',
  ],
  [
    'full-page-writes-off',
    'error',
    ({ full_page_writes }) => full_page_writes === 'off',
    'full_page_writes is off: a crash of the machine can corrupt tables; switch it on',
  ],
  [
    'encoding',
    'error',
    ({ encoding }) => encoding !== 'UTF8',
    'the database is not UTF8: names and payloads with other characters are refused; make a database in UTF8',
  ],
  [
    'synchronous-commit-off',
    'warning',
    ({ synchronous_commit }) => synchronous_commit === 'off',
    'synchronous_commit is off: a crash of the server can lose the jobs and results of its last moments',
  ],
  [
    'autovacuum-off',
    'warning',
    ({ autovacuum }) => autovacuum === 'off',
    'autovacuum is off: claims get slower with every job; switch it on',
  ],
  [
    'long-transaction',
    'warning',
    ({ oldest_ms }) => (oldest_ms ?? 0) > LONG_MS,
    'a transaction is open for more than 5 minutes: dead rows stay until it ends; find it in pg_stat_activity',
  ],
  [
    'prepared-transactions',
    'warning',
    ({ prepared }) => prepared > 0,
    'there are prepared transactions: dead rows stay until they are committed or rolled back (pg_prepared_xacts)',
  ],
  [
    'stale-slots',
    'warning',
    ({ stale_slots }) => stale_slots > 0,
    'there are replication slots that nobody reads: they keep WAL, and may keep dead rows (pg_replication_slots)',
  ],
]

/** What is wrong with the server. */
export async function serverFindings(tx: StoreTransaction): Promise<readonly Finding[]> {
  const [facts] = await tx.query<ServerFacts>(FACTS)
  if (facts === undefined) return []
  return CHECKS.filter(([, , isSo]) => isSo(facts)).map(([code, severity, , text]) => ({ code, severity, text }))
}
