import type { StoreFunctionsText } from './migration.ts'
import type { StoreTransaction } from './run-migrations.ts'
import { quotedSchema, withSchema } from './schema-name.ts'

/** A function of a store, with what `rolesSql` may have changed about it. */
interface StoredFunction {
  readonly name: string
  /** As SQL names it, with its parameters. */
  readonly signature: string
  /** It works with its owner's rights. */
  readonly definer: boolean
  /** Who else may call it, as SQL names them; null: everybody. */
  readonly callers: readonly string[] | null
}

/** Those of ours: another name may be somebody's own. */
const FUNCTIONS = `SELECT p.proname AS name, p.oid::regprocedure::text AS signature, p.prosecdef AS definer,
  CASE WHEN p.proacl IS NOT NULL THEN ARRAY(
    SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END
    FROM aclexplode(p.proacl) AS a WHERE a.privilege_type = 'EXECUTE' AND a.grantee <> p.proowner
  ) END AS callers
FROM pg_proc p WHERE p.pronamespace = $1::regnamespace AND p.proname ~ '_v[0-9]+$'`

const TYPES = `SELECT c.oid::regclass::text AS name
FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'c' AND c.relname ~ '_v[0-9]+$'`

/**
 * Make the functions of a store anew, and leave to each the rights that one of its name had. Calls that are under way go on
 * with the old ones, or fail as those that can be made again.
 */
export async function replaceFunctions(
  tx: StoreTransaction,
  schema: string,
  { sql }: StoreFunctionsText,
): Promise<void> {
  const before = await functionsOf(tx, schema)
  await drop(tx, schema, before)
  await tx.run(withSchema(sql, schema))
  const old = new Map(before.map((each) => [each.name, each]))
  const rights = (await functionsOf(tx, schema)).flatMap((each) => rightsLike(each, old.get(each.name)))
  if (rights.length > 0) await tx.run(rights.join(';'))
}

function functionsOf(tx: StoreTransaction, schema: string): Promise<readonly StoredFunction[]> {
  return tx.query<StoredFunction>(FUNCTIONS, [quotedSchema(schema)])
}

/** All functions at once, then the types: in which order they need each other does not matter then. */
async function drop(tx: StoreTransaction, schema: string, functions: readonly StoredFunction[]): Promise<void> {
  if (functions.length > 0) await tx.run(`DROP FUNCTION ${functions.map(({ signature }) => signature).join(', ')}`)
  const types = await tx.query<{ readonly name: string }>(TYPES, [quotedSchema(schema)])
  if (types.length > 0) await tx.run(`DROP TYPE ${types.map(({ name }) => name).join(', ')}`)
}

function rightsLike({ signature }: StoredFunction, old: StoredFunction | undefined): string[] {
  if (old === undefined) return []
  const { definer, callers } = old
  return [
    ...(definer ? [`ALTER FUNCTION ${signature} SECURITY DEFINER SET search_path = pg_catalog, pg_temp`] : []),
    ...(callers === null ? [] : [`REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC`]),
    ...(callers ?? []).map((role) => `GRANT EXECUTE ON FUNCTION ${signature} TO ${role}`),
  ]
}
