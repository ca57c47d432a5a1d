import type { StoreTransaction } from '../migrate/run-migrations.ts'
import { quotedSchema } from '../migrate/schema-name.ts'
import { ROLE_FUNCTIONS } from '../roles/role-functions.ts'
import type { Finding } from './finding.ts'

const RIGHTS = `SELECT p.proname AS name
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = $1 AND p.proname = ANY ($2) AND NOT has_function_privilege(p.oid, 'EXECUTE')
ORDER BY 1`

/** What the user may not do that a worker has to. */
export async function lackingRights(tx: StoreTransaction, schema: string): Promise<readonly Finding[]> {
  const [usage] = await tx.query<{ readonly may: boolean }>("SELECT has_schema_privilege($1, 'USAGE') AS may", [schema])
  if (usage?.may === false) return [finding(`GRANT USAGE ON SCHEMA ${quotedSchema(schema)}`)]
  const functions = await tx.query<{ readonly name: string }>(RIGHTS, [schema, ROLE_FUNCTIONS.worker])
  return functions.map(({ name }) => finding(`GRANT EXECUTE ON FUNCTION ${quotedSchema(schema)}.${name}`))
}

function finding(grant: string): Finding {
  const text = `this user may not work off jobs, which needs ${grant}; see rolesSql()`
  return { severity: 'warning', code: 'missing-right', text }
}
