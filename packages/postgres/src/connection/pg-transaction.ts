import type { ClientConfig } from 'pg'
import type { StoreTransaction } from '../migrate/run-migrations.ts'
import { callFailure } from './call-failure.ts'
import { resultTypes } from './result-types.ts'
import { StoreClient } from './store-client.ts'

/** How long a connection may take, in ms, unless the options say so. */
const CONNECT_MS = 10_000

/**
 * Do something in one transaction, on a connection of its own, without a deadline: migrations take the time they take.
 *
 * @throws BackendUnavailable, BackendRefused, or what `work` throws.
 */
export async function inTransaction<T>(
  connection: ClientConfig,
  work: (tx: StoreTransaction) => Promise<T>,
): Promise<T> {
  const client = new StoreClient({ connectionTimeoutMillis: CONNECT_MS, ...connection })
  try {
    await client.connect()
  } catch (error) {
    client.destroy()
    throw callFailure(error, 'not sent')
  }
  try {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
    const result = await work({
      query: async (text, values = []) => (await client.query({ text, values: [...values], types: resultTypes })).rows,
      run: async (sql) => void (await client.query(sql)),
    })
    await client.query('COMMIT')
    return result
  } catch (error) {
    // What was not committed is rolled back when the connection goes.
    throw callFailure(error, 'sent')
  } finally {
    await client.end()
  }
}
