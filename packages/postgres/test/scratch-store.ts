import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject, onTestFinished } from 'vitest'
import type {} from '../../../tools/servers/postgres-setup.ts'

/** A schema name of its own, dropped with all in it when the test ends; and the URL of the shared server with it. */
export function scratchStore(base: string = inject('postgresUrl')): { readonly url: string; readonly schema: string } {
  const schema = `test_${randomBytes(6).toString('hex')}`
  onTestFinished(async () => void (await asOwner(base, `DROP SCHEMA IF EXISTS ${schema} CASCADE`)))
  return { url: `${base}?schema=${schema}`, schema }
}

/** A database of its own, dropped when the test ends. */
export async function scratchDatabase(
  base: string = inject('postgresUrl'),
): Promise<{ readonly url: string; readonly name: string }> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await asOwner(base, `CREATE DATABASE ${name}`)
  onTestFinished(async () => void (await asOwner(base, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)))
  return { url: base.replace(/\/[^/]*$/, `/${name}`), name }
}

/** Statements by the server's owner, on a connection of their own. */
export async function asOwner<Row = Record<string, unknown>>(base: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: base })
  await client.connect()
  try {
    const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql)
    return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? []
  } finally {
    await client.end()
  }
}
