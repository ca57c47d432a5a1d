import type { StoreTransaction } from '../migrate/run-migrations.ts'
import { quotedSchema } from '../migrate/schema-name.ts'

/** What a schema is made of: a name such as `table job` or `index job_id`, and what it is like. */
export type Catalog = ReadonlyMap<string, string>

/** Settings of tables, who owns what, and rights are left to the owner. */
const CATALOG = `
SELECT 'column ' || c.relname || '.' || a.attname AS name,
  format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
    || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') AS shape
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p')
UNION ALL
SELECT 'index ' || c.relname, pg_get_indexdef(c.oid) || CASE WHEN i.indisvalid THEN '' ELSE ' invalid' END
FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
WHERE c.relnamespace = $1::regnamespace
UNION ALL
SELECT 'sequence ' || relname, 'sequence' FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'S'
UNION ALL
SELECT 'constraint ' || conname || ' of ' || conrelid::regclass::text, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = $1::regnamespace AND contype <> 'n'
UNION ALL
SELECT 'trigger ' || t.tgname || ' of ' || c.relname, pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = $1::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.prosrc
FROM pg_proc p WHERE p.pronamespace = $1::regnamespace`

/** What is in a schema. With `as`, its name is replaced by that one wherever it stands. */
export async function catalogOf(tx: StoreTransaction, schema: string, as = schema): Promise<Catalog> {
  const rows = await tx.query<{ readonly name: string; readonly shape: string }>(CATALOG, [quotedSchema(schema)])
  if (as === schema) return new Map(rows.map(({ name, shape }) => [name, shape]))
  const [printed] = await tx.query<{ readonly name: string }>('SELECT quote_ident($1) AS name', [as])
  // As we write it, and as the server does.
  const renamed = (text: string) =>
    text.replaceAll(quotedSchema(schema), () => quotedSchema(as)).replaceAll(schema, () => printed?.name ?? as)
  return new Map(rows.map(({ name, shape }) => [renamed(name), renamed(shape)]))
}

/** Says of each thing that is missing, changed or additional what it is. */
export function differences(expected: Catalog, found: Catalog): string[] {
  const missing = [...expected.keys()].filter((name) => !found.has(name)).map((name) => `${name} is missing`)
  const changed = [...expected]
    .filter(([name, shape]) => found.has(name) && found.get(name) !== shape)
    .map(([name]) => `${name} was changed`)
  const additional = [...found.keys()].filter((name) => !expected.has(name)).map((name) => `${name} is not ours`)
  return [...missing, ...changed, ...additional]
}
