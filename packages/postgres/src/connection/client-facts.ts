import { BackendRefused, BackendUnavailable } from '@taskspace/core/backend'
import type { PostgresPoolClient } from './postgres-options.ts'

/** What was found out about one connection. */
export interface ClientFacts {
  /** Nobody stands between it and one server process: prepared statements and LISTEN last as long as it does. */
  readonly direct: boolean
  /** Transactions are read committed unless they say otherwise. */
  readonly readCommitted: boolean
}

/** Since when `clock_timestamp`, `SKIP LOCKED` and what else the functions use work the same. */
const OLDEST_VERSION = 130_000

const PROBE = `SELECT pg_backend_pid() AS pid,
  current_setting('default_transaction_isolation') AS isolation,
  current_setting('statement_timeout') AS patience,
  current_setting('server_version_num')::int AS version,
  pg_is_in_recovery() AS standby`

interface Probe {
  readonly pid: number
  readonly isolation: string
  readonly patience: string
  readonly version: number
  readonly standby: boolean
}

/**
 * Look at a new connection, and make one that is ours alone read committed, with a server that gives up when we do.
 *
 * @throws BackendUnavailable for a standby; BackendRefused for a server that is too old.
 */
export async function lookAt(client: PostgresPoolClient, own: boolean, patienceMs: number): Promise<ClientFacts> {
  const probe = (await client.query({ text: PROBE })).rows[0] as Probe
  if (probe.version < OLDEST_VERSION) {
    throw new BackendRefused(
      `the server is PostgreSQL ${Math.floor(probe.version / 10_000)}; 13 is the oldest that will do`,
    )
  }
  if (probe.standby) throw new BackendUnavailable('the server is a standby, which takes no jobs', 'rejected')
  // A pooler answers with a process id of its own invention when a client connects.
  const direct = (client as { readonly processID?: unknown }).processID === probe.pid
  const readCommitted = probe.isolation === 'read committed'
  if (!own || !direct) return { direct, readCommitted }
  const settings = [
    ...(readCommitted ? [] : ['SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED']),
    ...(probe.patience === '0' ? [`SET statement_timeout = ${patienceMs}`] : []),
  ]
  if (settings.length > 0) await client.query({ text: settings.join(';') })
  return { direct, readCommitted: true }
}
