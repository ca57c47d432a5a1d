import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { startPostgres } from '../../tools/servers/postgres.ts'
import type { BenchServer } from '../stores/contender.ts'
import type { Store } from '../stores/store.ts'
import { bullmqPostgres } from './bullmq.ts'
import { graphileWorker, graphileWorkerTuned } from './graphile-worker.ts'
import { pgBoss } from './pg-boss.ts'
import { taskspacePostgres } from './taskspace.ts'

/** A server for each run, which keeps what it commits; `SYNCHRONOUS_COMMIT=off` lets it answer before that is on disk. */
export const postgresStore: Store = {
  name: 'postgres',
  start,
  contenders: [taskspacePostgres, graphileWorker, graphileWorkerTuned, pgBoss, bullmqPostgres],
  // A peer stores some 1,000 jobs a second.
  share: 0.25,
}

/** `COUNT_ROWS=1`: count transactions, row versions and queries of clients too. Idle backends tell theirs after ten seconds. */
const IS_COUNTING = process.env.COUNT_ROWS === '1'
const TOLD_MS = 11_000
const COUNTING = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'top' }

/** What is known at once: ids of transactions that wrote something, or of parts of them that can be undone; log; disk. */
const COUNTERS = `SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS xids,
  pg_current_wal_insert_lsn() - '0/0' AS wal, pg_database_size(current_database()) AS bytes,
  xact_commit + xact_rollback AS transactions, tup_inserted + tup_updated + tup_deleted AS rows
FROM pg_stat_database WHERE datname = current_database()`

type Counters = Readonly<Record<'xids' | 'wal' | 'bytes' | 'transactions' | 'rows', number>>

async function start(): Promise<BenchServer> {
  const synchronous = process.env.SYNCHRONOUS_COMMIT === 'off' ? 'off' : 'on'
  const settings = { synchronous_commit: synchronous, shared_buffers: '256MB', max_wal_size: '4GB' }
  const server = await startPostgres({ durable: true, settings: IS_COUNTING ? { ...settings, ...COUNTING } : settings })
  const client = new pg.Client({ connectionString: server.url() })
  await client.connect()
  if (IS_COUNTING) await client.query('CREATE EXTENSION pg_stat_statements')
  const read = async (): Promise<Counters> => {
    const { rows } = await client.query<Record<keyof Counters, string>>(COUNTERS)
    const [row] = rows
    if (row === undefined) throw new Error('the server tells nothing of itself')
    const entries = Object.entries(row).map(([name, value]) => [name, Number(value)])
    return Object.fromEntries(entries) as Counters
  }
  const queries = async (): Promise<number> => {
    const { rows } = await client.query<{ calls: string }>('SELECT sum(calls)::text AS calls FROM pg_stat_statements')
    return Number(rows[0]?.calls)
  }
  return {
    url: server.url(),
    cpuUs: () => Promise.resolve(cpuUsOf(server.pid)),
    operations: async () => (await read()).xids,
    bytes: async () => (await read()).bytes,
    counters: async () => {
      if (!IS_COUNTING) return { wal: (await read()).wal }
      await pause(TOLD_MS)
      const { wal, transactions, rows } = await read()
      return { wal, transactions, 'row versions': rows, 'client queries': await queries() }
    },
    pin: () => pin(server.url()),
    settle: async () => {
      await client.query('VACUUM (ANALYZE)')
      await client.query('CHECKPOINT')
    },
    stop: async () => {
      await client.end()
      await server.remove()
    },
  }
}

/** Hold a snapshot, which keeps dead rows from being removed. */
async function pin(connectionString: string): Promise<() => Promise<void>> {
  const holder = new pg.Client({ connectionString })
  await holder.connect()
  await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
  await holder.query('SELECT count(*) FROM pg_class')
  return () => holder.end()
}

/** Of a server and its processes, those too that have ended. */
function cpuUsOf(postmaster: number): number {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => statOf(pid))
  const own = stats.find(({ pid }) => pid === postmaster)
  const children = stats.filter(({ parent }) => parent === postmaster).reduce((sum, { ticks }) => sum + ticks, 0)
  return ((own?.ticks ?? 0) + (own?.ended ?? 0) + children) * 10_000
}

interface Stat {
  readonly pid: number
  readonly parent: number
  readonly ticks: number
  /** Of children that have ended. */
  readonly ended: number
}

function statOf(pid: string): readonly Stat[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [1, 11, 12, 13, 14].map(
      (at) => fields[at],
    )
    return [{ pid: Number(pid), parent, ticks: user + system, ended: endedUser + endedSystem }]
  } catch {
    // It ended between the two looks.
    return []
  }
}
