import { InvalidArgument } from '@taskspace/core/backend'
import { DEFAULT_SCHEMA, quotedSchema } from '../migrate/schema-name.ts'
import { ROLE_FUNCTIONS } from './role-functions.ts'

/** Roles to be given what they need; each has to exist. */
export interface RolesSqlOptions {
  /** Default `taskspace`. */
  readonly schema?: string | undefined
  /** Role of processes with pools: claims jobs, and does all that the others do. */
  readonly worker?: string | undefined
  /** Role of processes that enqueue, and wait for results. */
  readonly enqueue?: string | undefined
  /** Role of those who only look: jobs, results, logs, counts. */
  readonly read?: string | undefined
}

/**
 * SQL for the owner of a schema, to be run after each `migrate()`: takes what everybody may do by default away, and lets
 * each role call the functions it needs. These work with the owner's rights (`SECURITY DEFINER`), so that no role needs any
 * on the tables.
 *
 * @throws InvalidArgument for names that cannot be.
 */
export function rolesSql(options: RolesSqlOptions): string {
  const { schema = DEFAULT_SCHEMA } = options
  const quoted = quotedSchema(schema)
  const roles = (['worker', 'enqueue', 'read'] as const).flatMap((kind) => {
    const role = options[kind]
    return role === undefined ? [] : [{ role: quotedRole(kind, role), functions: ROLE_FUNCTIONS[kind] }]
  })
  return [
    `REVOKE ALL ON ALL TABLES IN SCHEMA ${quoted} FROM PUBLIC;`,
    `REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ${quoted} FROM PUBLIC;`,
    withOwnersRights(schema),
    ...roles.flatMap(({ role, functions }) => [
      `GRANT USAGE ON SCHEMA ${quoted} TO ${role};`,
      `GRANT SELECT ON ${quoted}.layout TO ${role};`,
      ...functions.map((name) => `GRANT EXECUTE ON FUNCTION ${quoted}.${name} TO ${role};`),
    ]),
    '',
  ].join('\n')
}

function withOwnersRights(schema: string): string {
  const names = ROLE_FUNCTIONS.worker.map((name) => `'${name}'`).join(', ')
  return `DO $owners$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN
    SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = ${literal(schema)} AND p.proname IN (${names})
  LOOP
    EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = pg_catalog, pg_temp', f);
  END LOOP;
END $owners$;`
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function quotedRole(kind: string, role: string): string {
  if (typeof role === 'string' && role !== '' && !role.includes('\0') && !role.includes('$')) {
    return `"${role.replaceAll('"', '""')}"`
  }
  throw new InvalidArgument(kind, `${kind} is no name of a role`)
}
