import { resolve } from 'node:path'
import { InvalidBrokerUrl } from '@taskspace/core/backend'
import { DEFAULT_SCHEMA, quotedSchema } from '../migrate/schema-name.ts'

/** What a `pglite:` URL says. */
export interface PgliteUrl {
  /** Folder of the database; absent: it is kept in memory. */
  readonly folder: string | undefined
  /** What the store is known by in this process: equal for two URLs of one store. */
  readonly key: string
  readonly schema: string
}

const FORM = /^pglite:(?:\/\/)?([^?#]*)(?:\?([^#]*))?$/

/** `memory`, or `memory/NAME` for another one. */
const MEMORY = /^(?:memory(?:\/[\w.-]+)?)?$/

/**
 * Read a `pglite:` URL: `pglite:` or `pglite://memory/NAME` for a database in memory, `pglite://./data` or
 * `pglite:///var/lib/jobs` for one in a folder; `?schema=` as for a server.
 *
 * @throws InvalidBrokerUrl, InvalidArgument
 */
export function parsePgliteUrl(text: string): PgliteUrl {
  const [, place = '', query = ''] = FORM.exec(text) ?? refuse("this is no 'pglite://FOLDER' or 'pglite:'")
  const parameters = new URLSearchParams(query)
  for (const name of parameters.keys()) {
    if (name !== 'schema') refuse(`a pglite URL has no parameter '${name}' (it has schema)`)
  }
  const schema = parameters.get('schema') ?? DEFAULT_SCHEMA
  quotedSchema(schema)
  if (MEMORY.test(place)) return { folder: undefined, key: `pglite://${place || 'memory'}`, schema }
  const folder = resolve(decoded(place))
  return { folder, key: `pglite://${encodeURI(folder)}`, schema }
}

function decoded(place: string): string {
  try {
    return decodeURIComponent(place)
  } catch (cause) {
    throw new InvalidBrokerUrl("invalid broker URL: a '%' in it is not followed by two hexadecimal digits", { cause })
  }
}

function refuse(why: string): never {
  throw new InvalidBrokerUrl(`invalid broker URL: ${why}`)
}
