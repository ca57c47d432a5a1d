import { BackendRefused, VersionMismatch } from '@taskspace/core/backend'
import { inTransaction } from '../connection/pg-transaction.ts'
import { type PostgresStoreOptions, parsePostgresOptions } from '../connection/postgres-options.ts'
import { checkLayout } from '../migrate/check-layout.ts'
import type { StoreTransaction } from '../migrate/run-migrations.ts'
import { LAYOUT } from '../sql/migrations.ts'
import { driftOf } from './drift.ts'
import type { Finding } from './finding.ts'
import { lackingRights } from './rights.ts'
import { serverFindings } from './server-findings.ts'

/**
 * Look at a store and its server, and say what is wrong or worth knowing, errors first; nothing is changed. As the
 * schema's owner it also compares every table, index and function with what this version made.
 *
 * @throws BackendUnavailable, BackendRefused if the server cannot be reached or lets nobody in.
 */
export async function doctor(options: PostgresStoreOptions): Promise<readonly Finding[]> {
  const { connection, schema } = parsePostgresOptions(options)
  const server = await inTransaction(connection, serverFindings)
  const layout = await inTransaction(connection, (tx) => layoutFinding(tx, schema))
  const store = layout?.code === 'not-set-up' ? [] : await storeFindings(connection, schema)
  const all = [...(layout === undefined ? [] : [layout]), ...server, ...store]
  return [...all.filter(({ severity }) => severity === 'error'), ...all.filter(({ severity }) => severity !== 'error')]
}

async function storeFindings(
  connection: Parameters<typeof inTransaction>[0],
  schema: string,
): Promise<readonly Finding[]> {
  const rights = await inTransaction(connection, (tx) => lackingRights(tx, schema))
  return [...rights, ...(await driftOf(connection, schema))]
}

async function layoutFinding(tx: StoreTransaction, schema: string): Promise<Finding | undefined> {
  try {
    await checkLayout({ schema, layout: LAYOUT, query: (sql) => tx.query(sql) })
    return undefined
  } catch (error) {
    if (error instanceof VersionMismatch) return { severity: 'error', code: 'other-version', text: error.message }
    if (error instanceof BackendRefused) return { severity: 'error', code: 'not-set-up', text: error.message }
    const { code, message } = error as { readonly code?: unknown; readonly message: string }
    if (code === '42501') return { severity: 'error', code: 'missing-right', text: message }
    throw error
  }
}
