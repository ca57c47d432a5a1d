import { existsSync, readFileSync } from 'node:fs'
import { eventually } from '@taskspace/testing'
import { describe, expect, it } from 'vitest'
import { isAlive, PoolFixture } from './pool-fixture.ts'

const TIMEOUT_MS = 60_000

/** The numbers of processes that a task has written down. */
const pidsIn = (file: string): readonly number[] => readFileSync(file, 'utf8').split(' ').map(Number)

describe('a job that does not stop', { timeout: TIMEOUT_MS }, () => {
  it('is ended with its process when its time is over, and the slot is used again [RW-49]', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue
    const file = fixture.file()

    const spinning = t.spin.with({ timeout: 300 })(file)

    await expect(spinning.result()).rejects.toMatchObject({ kind: 'timeout', text: 'timeout: ran longer than 300 ms' })
    expect(await t.add(1, 2).result()).toBe(3)
    await eventually(() => pidsIn(file).every((pid) => !isAlive(pid)))
  })

  it('is ended with all that it has started [RW-49]', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const file = fixture.file()
    const spinning = fixture.queue.t.spinWithChildren(file)
    await eventually(() => existsSync(file) && pidsIn(file).length === 2, { timeout: 20_000 })

    await spinning.cancel('enough')

    await expect(spinning.result()).rejects.toMatchObject({ kind: 'canceled' })
    await eventually(() => pidsIn(file).every((pid) => !isAlive(pid)))
  })

  it('is ended when its lease is lost, and runs again elsewhere', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const file = fixture.file()
    const job = fixture.queue.t.spinOnce.with({ maxCrashes: 1 })(file)
    await eventually(() => existsSync(file) && pidsIn(file).length === 1, { timeout: 20_000 })

    await fixture.broker.jobs.expireLease(job.id)
    const other = await fixture.pool()

    expect(await job.result()).toBe(2)
    await eventually(() => pidsIn(file).every((pid) => !isAlive(pid)))
    await other.stop()
  })

  it('is run again as its task says, also by a function that only its process can call', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()

    expect(await fixture.queue.t.failTwice().result()).toBe(3)
  })

  it('goes back when its pool stops, which ends all processes [PT-34]', async () => {
    await using fixture = new PoolFixture()
    const pool = await fixture.pool({ workers: 2 })
    const file = fixture.file()
    const spinning = fixture.queue.t.spin(file)
    await eventually(() => existsSync(file) && pidsIn(file).length === 1, { timeout: 20_000 })

    await pool.stop({ drainTimeout: 50 })

    expect(await spinning.status()).toBe('enqueued')
    expect((await fixture.broker.jobs.get(spinning.id)).attempt).toBe(0)
    expect(pidsIn(file).filter(isAlive)).toEqual([])
  })

  it('does not keep the result of the job before it', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue
    await Promise.all(Array.from({ length: 300 }, (_, n) => t.add(n, 1).result()))

    const quick = Array.from({ length: 20 }, (_, n) => t.add(n, 1))
    const spinning = t.spin.with({ timeout: '20s' })()
    await Promise.all(quick.map((job) => job.result()))

    expect(await spinning.status()).toBe('processing')
    await spinning.cancel()
    expect((await fixture.broker.jobs.get(quick[0]?.id ?? '')).attempt).toBe(1)
  })

  it('keeps no other job from running: what was sent ahead of its turn goes elsewhere', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool({ workers: 2 })
    const { t } = fixture.queue
    await Promise.all(Array.from({ length: 500 }, (_, n) => t.add(n, 1).result()))

    const jobs = Array.from({ length: 500 }, (_, n) => t.add(n, 1))
    const spinning = t.spin.with({ timeout: '20s' })()
    const more = Array.from({ length: 500 }, (_, n) => t.add(n, 1))
    await Promise.all([...jobs, ...more].map((job) => job.result()))

    expect(await spinning.status()).toBe('processing')
    await spinning.cancel()
    await expect(spinning.result()).rejects.toMatchObject({ kind: 'canceled' })
  })
})
