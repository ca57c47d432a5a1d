import { BackendRefused, VersionMismatch } from '@taskspace/core/backend'
import { withSchema } from './schema-name.ts'

/** The one row that says what a schema is. */
interface LayoutRow {
  readonly layout: number
  readonly min_reader: number
  readonly store: string
}

/** What is asked of a store before it is used. */
export interface LayoutNeeds {
  readonly schema: string
  /** What this version reads and writes. */
  readonly layout: number
  /** Asks one statement of it. */
  readonly query: (sql: string) => Promise<readonly LayoutRow[]>
}

/** What to do about a schema that is not there, or too old. */
const REMEDY = "run migrate() of @taskspace/postgres as its owner, or open with 'migrate=true' in the URL"

/**
 * See that this version can use the store.
 *
 * @returns what tells it from every other one.
 * @throws BackendRefused if it was never set up; VersionMismatch if it is older or newer than this version can use.
 */
export async function checkLayout({ schema, layout, query }: LayoutNeeds): Promise<string> {
  const [found] = await query(withSchema('SELECT layout, min_reader, store::text FROM @schema@.layout', schema)).catch(
    notSetUp(schema),
  )
  if (found === undefined) throw new BackendRefused(`schema '${schema}' was never migrated to the end: ${REMEDY}`)
  if (found.layout < layout) {
    throw new VersionMismatch(`schema '${schema}' has layout ${found.layout}, this version needs ${layout}: ${REMEDY}`)
  }
  if (found.min_reader <= layout) return found.store
  throw new VersionMismatch(
    `schema '${schema}' has layout ${found.layout}, which this version (${layout}) cannot read: update @taskspace/postgres here`,
  )
}

/** No schema, or no table in it. */
const MISSING = new Set(['3F000', '42P01'])

function notSetUp(schema: string): (error: unknown) => never {
  return (error) => {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    const code = (cause as { readonly code?: unknown } | undefined)?.code
    if (typeof code !== 'string' || !MISSING.has(code)) throw error
    throw new BackendRefused(`schema '${schema}' is not set up for Taskspace: ${REMEDY}`, { cause: error })
  }
}
