import { eventually } from '@taskspace/testing'
import { describe, expect, it } from 'vitest'
import { psMember } from '../src/group-usage.ts'
import { PoolFixture } from './pool-fixture.ts'

const TIMEOUT_MS = 60_000

describe('what processes take', { timeout: TIMEOUT_MS }, () => {
  it('is told of each, also while it computes without end, with all that it has started [RW-06, RW-47]', async () => {
    await using fixture = new PoolFixture()
    const pool = await fixture.pool({ workers: 2 })
    const { t } = fixture.queue
    await eventually(async () => (await pool.workers()).every(({ state }) => state === 'ready'), { timeout: 20_000 })
    const spinning = t.spinWithChildren(fixture.file())

    const [busy, idle] = await eventually(async () => {
      const workers = [...(await pool.workers())].sort((one, other) => other.running - one.running)
      // Two processes spin there: it and what it has started.
      expect(workers[0]?.cpuMs).toBeGreaterThan(1_000)
      return workers
    })
    await spinning.cancel()

    expect(busy).toMatchObject({ label: expect.stringMatching(/^process \d+$/), state: 'ready', running: 1, jobs: 1 })
    expect(idle).toMatchObject({ label: expect.stringMatching(/^process \d+$/), state: 'ready', running: 0, jobs: 0 })
    expect(busy?.cpu).toBeGreaterThan(idle?.cpu ?? 0)
    expect(idle?.memoryBytes).toBeGreaterThan(20e6)
    expect(idle?.startedAt.getTime()).toBeLessThan(Date.now())
  })

  it('is told of none before the pool starts and after it has stopped', async () => {
    await using fixture = new PoolFixture()
    const pool = fixture.create()
    const before = await pool.workers()
    await pool.start()
    const during = await pool.workers()
    await pool.stop()

    expect([before.length, during.length, (await pool.workers()).length]).toEqual([0, 1, 0])
  })

  it.each([
    ['  4711   20480 00:01:02', { group: 4711, memoryBytes: 20_971_520, cpuMs: 62_000 }],
    ['  4711   20480 2-01:00:00', { group: 4711, memoryBytes: 20_971_520, cpuMs: 176_400_000 }],
    ['    12     100   0:00.25', { group: 12, memoryBytes: 102_400, cpuMs: 250 }],
    ['', undefined],
    ['PGID RSS TIME', undefined],
  ])('is read from what ps says where there is no /proc: %j', (line, member) => {
    expect(psMember(line)).toEqual(member)
  })
})
