import { randomUUID } from 'node:crypto'
import { describe, expect, inject, it } from 'vitest'
import type {} from '../../tools/servers/redis-setup.ts'
import { crashSoak } from '../soak/crash-soak.ts'
import { orphanTimes } from '../soak/orphan-times.ts'
import { startStopSoak } from '../soak/start-stop.ts'
import { deathTimes, stopTimes } from '../soak/times.ts'

const execArgv = ['--conditions=@taskspace/source']
const KINDS = [['thread'], ['process']] as const

/** `npm run soak` at the root does the same for minutes, for every kind of pool, on each kind of store. */
describe('jobs', () => {
  it('are not lost and not decided twice while owners and their children are killed [RW-52]', async () => {
    const url = `${inject('redisUrl')}?namespace=${randomUUID()}`

    const report = await crashSoak({ pool: 'process', url, ms: 2_000, ownerPauseMs: 300, callers: 40 })

    expect(report).toMatchObject({ wrong: [], undecided: [], left: [] })
    expect(report.ownerKills).toBeGreaterThan(0)
  })

  it.each(KINDS)('are neither while each %s dies at random that runs those of this program', async (pool) => {
    const options = { pool, url: `memory:${randomUUID()}`, ms: 2_000, ownerPauseMs: Number.POSITIVE_INFINITY }

    const report = await crashSoak({ ...options, callers: 60, execArgv })

    expect(report).toMatchObject({ wrong: [], undecided: [], left: [] })
    expect(report.crashes).toBeGreaterThan(0)
  })
})

/** `npm run soak:pools` at the root does the same many times, and tells how long it took. */
describe('pools', () => {
  it.each(KINDS)('of the kind %s leave nothing behind, however often they are started and stopped', async (kind) => {
    const { before, after } = await startStopSoak(kind, 4, execArgv)

    expect(after).toEqual(before)
  })

  it.each(KINDS)('of the kind %s end what does not stop, and tell of what died', async (kind) => {
    const times = [await stopTimes(kind, 1, execArgv), await deathTimes(kind, 1, execArgv)]

    expect(times.map(({ length }) => length)).toEqual([1, 1])
  })

  it('leave no process behind when their owner is killed', async () => {
    expect(await orphanTimes(1, execArgv)).toHaveLength(1)
  })
})
