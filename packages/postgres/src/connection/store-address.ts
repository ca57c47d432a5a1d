import pg, { type ClientConfig } from 'pg'

/** Where a schema of a server is, without credentials: equal for two connections to one store. */
export function storeAddress(connection: ClientConfig, schema: string): string {
  // What is not given comes from the environment; pg knows from where.
  const { host, port, database } = new pg.Client(connection)
  const path = database === undefined ? '' : `/${encodeURIComponent(database)}`
  return `postgres://${host.includes(':') ? `[${host}]` : encodeURIComponent(host)}:${port}${path}?schema=${encodeURIComponent(schema)}`
}
