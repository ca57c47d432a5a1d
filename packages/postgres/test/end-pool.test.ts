import pg from 'pg'
import { expect, inject, it } from 'vitest'
import { endPool } from './end-pool.ts'

it('a pool that a test has ended has no connection left', async () => {
  const pool = new pg.Pool({ connectionString: inject('postgresUrl'), max: 2 })
  const [one, other] = [await pool.connect(), await pool.connect()]
  const { rows } = await one.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const pid = rows[0]?.pid ?? 0
  const ended: string[] = []
  one.once('end', () => ended.push('one'))
  other.once('end', () => ended.push('other'))
  one.release()
  other.release()

  // It hears the end when it goes on.
  process.kill(pid, 'SIGSTOP')
  const over = endPool(pool).then(() => ended.push('the pool'))
  other.once('end', () => process.kill(pid, 'SIGCONT'))
  await over

  expect(ended).toEqual(['other', 'one', 'the pool'])
})
