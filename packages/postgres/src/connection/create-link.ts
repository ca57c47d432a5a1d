import { checkLayout } from '../migrate/check-layout.ts'
import { migrateStore } from '../migrate/migrate.ts'
import { LAYOUT } from '../sql/migrations.ts'
import { PgLink } from './pg-link.ts'
import type { PostgresLink } from './postgres-link.ts'
import { type PostgresSetup, type PostgresStoreOptions, parsePostgresOptions } from './postgres-options.ts'

/** A link to a store, not open yet. @throws InvalidArgument, InvalidBrokerUrl */
export function createLink(options: PostgresStoreOptions, namespace: string): PostgresLink {
  const setup = parsePostgresOptions(options)
  return new PgLink({ setup, namespace, prepareStore: (link) => prepareStore(link, setup) })
}

async function prepareStore(link: PostgresLink, setup: PostgresSetup): Promise<void> {
  if (setup.migrate) await migrateStore(setup)
  await checkLayout({ schema: setup.schema, layout: LAYOUT, query: (sql) => link.call('control', sql, []) })
}
