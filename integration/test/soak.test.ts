import { randomUUID } from 'node:crypto'
import { describe, expect, inject, it } from 'vitest'
import type {} from '../../tools/servers/redis-setup.ts'
import { crashSoak } from '../soak/crash-soak.ts'

/** `npm run soak` at the root does the same for minutes, for every kind of pool, on Redis and Postgres. */
describe('jobs in a store that outlives the owners of pools', () => {
  it('are not lost and not decided twice while owners and their children are killed [RW-52]', async () => {
    const url = `${inject('redisUrl')}?namespace=${randomUUID()}`

    const report = await crashSoak({ pool: 'process', url, ms: 2_000, ownerPauseMs: 300, callers: 40 })

    expect(report).toMatchObject({ wrong: [], undecided: [], left: [] })
    expect(report.ownerKills).toBeGreaterThan(0)
  })
})
