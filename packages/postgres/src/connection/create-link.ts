import { InvalidArgument } from '@taskspace/core/backend'
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

/** A link to a store on a server, or to an embedded one for a `pglite:` URL; not open yet. @throws InvalidArgument, InvalidBrokerUrl */
export function createLink(options: PostgresStoreOptions, namespace: string): PostgresLink {
  const { url } = options
  if (url?.startsWith('pglite:')) return createEmbeddedLink({ ...options, url }, namespace)
  const setup = parsePostgresOptions(options)
  return new PgLink({ setup, namespace, prepareStore: (link) => prepareStore(link, setup) })
}

/** It is brought up to date when it is opened: nobody else uses it. */
function createEmbeddedLink(options: PostgresStoreOptions & { readonly url: string }, namespace: string): PostgresLink {
  const { url, schema } = options
  const further = Object.entries(options).find(([name, value]) => !EMBEDDED.has(name) && value !== undefined)
  if (further !== undefined) throw new InvalidArgument(further[0], `an embedded store has no option ${further[0]}`)
  const target = parsePgliteUrl(url)
  if (schema !== undefined && schema !== target.schema) {
    throw new InvalidArgument('schema', 'the schema of an embedded store stands in its URL: pglite:?schema=…')
  }
  return new PgliteLink({
    target,
    namespace,
    prepareStore: (store) =>
      store.inTransaction(async (tx) => {
        await runMigrations(tx, storePlan(target.schema))
        return checkLayout({ schema: target.schema, layout: LAYOUT, query: (sql) => tx.query(sql) })
      }),
  })
}

/** What an embedded store can be told; `namespace` is told apart. */
const EMBEDDED = new Set(['url', 'schema', 'namespace'])

async function prepareStore(link: PostgresLink, setup: PostgresSetup): Promise<string> {
  if (setup.migrate) await migrateStore(setup)
  return checkLayout({ schema: setup.schema, layout: LAYOUT, query: (sql) => link.call('control', sql, []) })
}
