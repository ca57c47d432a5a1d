import { checkLayout } from '../migrate/check-layout.ts'
import { migrateStore } from '../migrate/migrate.ts'
import { runMigrations } from '../migrate/run-migrations.ts'
import { storePlan } from '../migrate/store-plan.ts'
import { LAYOUT } from '../sql/migrations.ts'
import { PgLink } from './pg-link.ts'
import { PgliteLink } from './pglite-link.ts'
import { parsePgliteUrl } from './pglite-url.ts'
import type { PostgresLink } from './postgres-link.ts'
import { type PostgresSetup, type PostgresStoreOptions, parsePostgresOptions } from './postgres-options.ts'

/** A link to a store on a server, not open yet. @throws InvalidArgument, InvalidBrokerUrl */
export function createLink(options: PostgresStoreOptions, namespace: string): PostgresLink {
  const setup = parsePostgresOptions(options)
  return new PgLink({ setup, namespace, prepareStore: (link) => prepareStore(link, setup) })
}

/**
 * A link to an embedded store, not open yet. It is brought up to date when it is opened: nobody else uses it.
 *
 * @throws InvalidArgument, InvalidBrokerUrl
 */
export function createEmbeddedLink(url: string, namespace: string): PostgresLink {
  const target = parsePgliteUrl(url)
  return new PgliteLink({
    target,
    namespace,
    prepareStore: (store) =>
      store.inTransaction(async (tx) => void (await runMigrations(tx, storePlan(target.schema)))),
  })
}

async function prepareStore(link: PostgresLink, setup: PostgresSetup): Promise<void> {
  if (setup.migrate) await migrateStore(setup)
  await checkLayout({ schema: setup.schema, layout: LAYOUT, query: (sql) => link.call('control', sql, []) })
}
