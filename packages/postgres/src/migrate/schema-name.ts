import { InvalidArgument } from '@taskspace/core/backend'

/** The schema that holds everything, unless another is named. */
export const DEFAULT_SCHEMA = 'taskspace'

/** Postgres cuts longer names short, and two could become one. */
const MAX_NAME_BYTES = 63

/**
 * A schema name as it stands in SQL: quoted, whatever is in it.
 *
 * @throws InvalidArgument for what can be no schema: empty, too long, reserved for the system, with NUL or half a
 * character in it.
 */
export function quotedSchema(schema: string): string {
  const problem = problemWith(schema)
  if (problem !== undefined) throw new InvalidArgument('schema', `schema ${JSON.stringify(schema)} ${problem}`)
  return `"${schema.replaceAll('"', '""')}"`
}

/** A text of ours with the schema's name in place of each `@schema@`. */
export function withSchema(sql: string, schema: string): string {
  const quoted = quotedSchema(schema)
  return sql.replaceAll('@schema@', () => quoted)
}

function problemWith(schema: unknown): string | undefined {
  if (typeof schema !== 'string' || schema === '') return 'is no name'
  if (schema.includes('\0') || /\p{Surrogate}/u.test(schema)) return 'has characters that Postgres cannot store'
  if (Buffer.byteLength(schema) > MAX_NAME_BYTES) return `is longer than ${MAX_NAME_BYTES} bytes`
  if (/^pg_/i.test(schema) || schema === 'information_schema') return 'is reserved for the system'
  // In the body of a function, where the name stands between dollar signs, these would end it.
  if (schema.includes('$')) return "has a '$' in it"
  return undefined
}
