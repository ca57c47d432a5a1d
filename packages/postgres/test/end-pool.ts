import type pg from 'pg'

/**
 * End a pool; resolves when its connections have ended. Its own `end` does not wait for that: what a server says to one
 * that is still on its way, such as that its database is dropped, is then an error that nobody hears, and ends the process.
 */
export async function endPool(pool: pg.Pool): Promise<void> {
  const all = pool.totalCount
  const gone = new Promise<void>((resolve) => {
    const removed = new Set<pg.PoolClient>()
    pool.on('remove', (client) => {
      if (removed.add(client).size === all) resolve()
    })
  })
  await pool.end()
  if (all > 0) await gone
}
