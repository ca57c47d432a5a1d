import { inTransaction } from '../connection/pg-transaction.ts'
import { type PostgresSetup, type PostgresStoreOptions, parsePostgresOptions } from '../connection/postgres-options.ts'
import { type MigrationReport, runMigrations } from './run-migrations.ts'
import { storePlan } from './store-plan.ts'

/**
 * Make the schema of a store, or bring it up to date: all in one transaction. Needs the rights of the schema's owner, or
 * to create a schema. Safe to be started by many processes at once, and again at every start; destroys nothing.
 *
 * @throws BackendUnavailable; BackendRefused, naming the right that is missing; VersionMismatch if the schema is newer.
 */
export async function migrate(options: PostgresStoreOptions): Promise<MigrationReport> {
  return migrateStore(parsePostgresOptions(options))
}

/** The same, of options that were checked. */
export function migrateStore({ connection, schema }: PostgresSetup): Promise<MigrationReport> {
  return inTransaction(connection, (tx) => runMigrations(tx, storePlan(schema)))
}
