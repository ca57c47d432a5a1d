import { randomBytes } from 'node:crypto'
import { BackendRefused } from '@taskspace/core/backend'
import { inTransaction } from '../connection/pg-transaction.ts'
import { runMigrations } from '../migrate/run-migrations.ts'
import { storePlan } from '../migrate/store-plan.ts'
import { type Catalog, catalogOf, differences } from './catalog.ts'
import type { Finding } from './finding.ts'

/**
 * What was changed in a schema since it was migrated: it is compared with one that is made beside it, in a transaction
 * that is rolled back.
 */
export async function driftOf(
  connection: Parameters<typeof inTransaction>[0],
  schema: string,
): Promise<readonly Finding[]> {
  const found = await inTransaction(connection, (tx) => catalogOf(tx, schema))
  const expected = await freshCatalog(connection, schema)
  if (expected === undefined) {
    const text = 'whether tables and functions were changed can only be seen by a user who may create schemas'
    return [{ severity: 'warning', code: 'not-compared', text }]
  }
  return differences(expected, found).map((text) => ({
    severity: 'error',
    code: 'drift',
    text: `${text}: this version did not make it so`,
  }))
}

async function freshCatalog(connection: Parameters<typeof inTransaction>[0], as: string): Promise<Catalog | undefined> {
  const schema = `taskspace_doctor_${randomBytes(8).toString('hex')}`
  try {
    return await inTransaction(connection, async (tx) => {
      await runMigrations(tx, storePlan(schema))
      const catalog = await catalogOf(tx, schema, as)
      // What was made for the comparison was never there.
      await tx.run('ROLLBACK')
      return catalog
    })
  } catch (error) {
    if (error instanceof BackendRefused && isLackingRight(error.cause)) return undefined
    throw error
  }
}

function isLackingRight(cause: unknown): boolean {
  return (cause as { readonly code?: unknown } | undefined)?.code === '42501'
}
