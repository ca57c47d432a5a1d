import { createHash } from 'node:crypto'
import { VersionMismatch } from '@taskspace/core/backend'
import type { Migration, StoreFunctionsText } from './migration.ts'
import { replaceFunctions } from './replace-functions.ts'
import { quotedSchema, withSchema } from './schema-name.ts'

/** One transaction of a store, for statements that are no calls of the contract. */
export interface StoreTransaction {
  /** One statement with parameters. */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>
  /** Any number of statements without. */
  run(sql: string): Promise<void>
}

/** What to bring a schema to. */
export interface MigrationPlan {
  readonly schema: string
  readonly migrations: readonly Migration[]
  /** Made anew after the migrations, unless they are there as they are to be, or in a later form. */
  readonly functions: StoreFunctionsText
  /** What this version writes, and the oldest version that may read it. */
  readonly layout: number
  readonly minReader: number
}

/** What a run of the migrations did. */
export interface MigrationReport {
  /** Those that were applied now: `0001 first tables`, and `0002 functions` if these were made; none if all had been. */
  readonly applied: readonly string[]
}

const BOOKS = `CREATE TABLE IF NOT EXISTS @schema@.migrations (
  version int PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE IF NOT EXISTS @schema@.layout (
  sole boolean PRIMARY KEY DEFAULT true CHECK (sole),
  layout int NOT NULL,
  min_reader int NOT NULL,
  store uuid NOT NULL DEFAULT gen_random_uuid()
)`

/**
 * Bring a schema up to date, in the transaction given: all of it, or nothing. Whoever else migrates the same schema waits,
 * and then finds nothing to do. Data are never destroyed.
 *
 * @throws VersionMismatch if a migration was applied with another text, or the schema is newer than this version.
 */
export async function runMigrations(tx: StoreTransaction, plan: MigrationPlan): Promise<MigrationReport> {
  const { schema, migrations, functions } = plan
  quotedSchema(schema)
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`taskspace migrations of ${schema}`])
  await makeSchema(tx, schema)
  await tx.run(withSchema(BOOKS, schema))
  const done = await appliedMigrations(tx, schema)
  checkHistory(plan, done)
  const pending = migrations.filter(({ version }) => !done.has(version))
  for (const migration of pending) await apply(tx, schema, migration)
  const isStale = areStale(functions, done.get(functions.version))
  if (isStale) await renew(tx, schema, functions)
  await writeLayout(tx, plan)
  return { applied: [...pending, ...(isStale ? [{ ...functions, name: 'functions' }] : [])].map(titleOf) }
}

/** What is noted as the name of the functions: a build that comes later must not put older ones in their place. */
function nameOf({ revision }: StoreFunctionsText): string {
  return `functions, revision ${revision}`
}

function areStale(functions: StoreFunctionsText, found: Applied | undefined): boolean {
  if (found === undefined) return true
  const revision = Number(/\d+$/.exec(found.name)?.[0] ?? 0)
  return revision <= functions.revision && found.checksum !== checksumOf(functions)
}

async function renew(tx: StoreTransaction, schema: string, functions: StoreFunctionsText): Promise<void> {
  await replaceFunctions(tx, schema, functions)
  const sql = withSchema(
    `INSERT INTO @schema@.migrations (version, name, checksum) VALUES ($1, $2, $3)
     ON CONFLICT (version) DO UPDATE SET name = excluded.name, checksum = excluded.checksum, applied_at = clock_timestamp()`,
    schema,
  )
  await tx.query(sql, [functions.version, nameOf(functions), checksumOf(functions)])
}

/** `0001 first tables` */
function titleOf({ version, name }: Pick<Migration, 'version' | 'name'>): string {
  return `${String(version).padStart(4, '0')} ${name}`
}

/** What a migration's text is recognised by. */
function checksumOf({ sql }: Pick<Migration, 'sql'>): string {
  return createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex')
}

interface Applied {
  readonly version: number
  readonly name: string
  readonly checksum: string
}

/** Not by IF NOT EXISTS alone: that asks for the right to create one even where it is there. */
async function makeSchema(tx: StoreTransaction, schema: string): Promise<void> {
  const found = await tx.query('SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1', [schema])
  if (found.length === 0) await tx.run(`CREATE SCHEMA IF NOT EXISTS ${quotedSchema(schema)}`)
}

async function appliedMigrations(tx: StoreTransaction, schema: string): Promise<ReadonlyMap<number, Applied>> {
  const sql = withSchema('SELECT version, name, checksum FROM @schema@.migrations ORDER BY version', schema)
  const rows = await tx.query<Applied>(sql)
  return new Map(rows.map((row) => [row.version, row]))
}

function checkHistory({ schema, migrations, functions }: MigrationPlan, done: ReadonlyMap<number, Applied>): void {
  for (const migration of migrations) {
    const applied = done.get(migration.version)
    if (applied === undefined || applied.checksum === checksumOf(migration)) continue
    throw new VersionMismatch(
      `migration ${titleOf(migration)} was applied to schema '${schema}' with another text, as '${applied.name}': it belongs to another build of this package`,
    )
  }
  const newest = Math.max(functions.version, ...migrations.map(({ version }) => version))
  const unknown = [...done.values()].find(({ version }) => version > newest)
  if (unknown === undefined) return
  throw new VersionMismatch(
    `schema '${schema}' was migrated by a newer version of this package (${titleOf(unknown)}): update @taskspace/postgres here`,
  )
}

async function apply(tx: StoreTransaction, schema: string, migration: Migration): Promise<void> {
  await tx.run(withSchema(migration.sql, schema))
  const sql = withSchema('INSERT INTO @schema@.migrations (version, name, checksum) VALUES ($1, $2, $3)', schema)
  await tx.query(sql, [migration.version, migration.name, checksumOf(migration)])
}

async function writeLayout(tx: StoreTransaction, { schema, layout, minReader }: MigrationPlan): Promise<void> {
  const sql = withSchema(
    `INSERT INTO @schema@.layout AS l (layout, min_reader) VALUES ($1, $2)
     ON CONFLICT (sole) DO UPDATE SET layout = excluded.layout, min_reader = excluded.min_reader
     WHERE (l.layout, l.min_reader) IS DISTINCT FROM (excluded.layout, excluded.min_reader)`,
    schema,
  )
  await tx.query(sql, [layout, minReader])
}
