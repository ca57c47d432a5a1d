import { expect } from 'vitest'
import { type PoolGroup, test } from '../pool-case.ts'

/** How a pool stops that has jobs. */
export const drainCases: PoolGroup = {
  name: 'stopping with jobs',
  cases: [
    test('lets jobs finish, and stores their results [WQ-62, G16]', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool()
      const job = kit.queue.kit.hold(gate.path, 'done')
      await gate.reached()

      const stopped = pool.stop()
      gate.open()
      await stopped

      expect(await job.result()).toBe('done')
    }),
    test('takes no more jobs meanwhile', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool()
      await kit.queue.kit.hold(gate.path).enqueued()
      await gate.reached()

      const stopped = pool.stop()
      const late = await kit.queue.kit.nothing().enqueued()
      await kit.advance(5_000)
      const status = await late.status()
      gate.open()
      await stopped

      expect(status).toBe('enqueued')
    }),
    test('tells jobs to stop when the drain time is over, and gives them back without spending an attempt', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ drainTimeout: '10s' })
      const job = kit.queue.kit.hold(gate.path)
      await gate.reached()

      const stopped = pool.stop()
      await kit.advance(9_000)
      const during = await job.status()
      await kit.advance(2_000)
      await stopped

      expect(during).toBe('processing')
      expect(await kit.record(job.id)).toMatchObject({ state: 'enqueued', attempt: 0, failures: 0, crashes: 0 })
    }),
    test('keeps the result of a job that ends well when it is told to stop', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ drainTimeout: 0 })
      const job = kit.queue.kit.holdPolitely(gate.path)
      await gate.reached()

      await kit.during(pool.stop())

      expect(await job.status()).toBe('success')
      expect(await job.result()).toBe('as far as it got')
    }),
    test('gives a job back that does not heed its signal, after the grace', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ drainTimeout: '1s', grace: '2s' })
      const job = kit.queue.kit.holdOn(gate.path)
      await gate.reached()

      const stopped = pool.stop()
      await kit.advance(4_000)
      await stopped

      expect(await kit.record(job.id)).toMatchObject({ state: 'enqueued', attempt: 0 })
    }),
    test('waits no longer than the last who asks for it wants to [G16]', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ drainTimeout: '10m' })
      const job = kit.queue.kit.hold(gate.path)
      await gate.reached()

      const first = pool.stop()
      const second = pool.stop({ drainTimeout: 0 })
      await kit.advance(0)
      await Promise.all([first, second])

      expect(await job.status()).toBe('enqueued')
    }),
    test('gives a job up at once when it is told so while it waits for it', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ drainTimeout: '10m', grace: '10m' })
      const job = kit.queue.kit.holdOn(gate.path)
      await gate.reached()

      const first = pool.stop()
      const second = pool.stop({ drainTimeout: 0, grace: 0 })
      await kit.advance(0)
      await Promise.all([first, second])

      expect(await kit.record(job.id)).toMatchObject({ state: 'enqueued', attempt: 0 })
    }),
    test('gives a job up at once that is in its grace', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ drainTimeout: '1s', grace: '10m' })
      const job = kit.queue.kit.holdOn(gate.path)
      await gate.reached()

      const first = pool.stop()
      await kit.advance(2_000)
      await pool.stop({ drainTimeout: 0, grace: 0 })
      await first

      expect(await kit.record(job.id)).toMatchObject({ state: 'enqueued', attempt: 0 })
    }),
    test('gives a job in its grace no more time than it has', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ drainTimeout: 0, grace: '2s' })
      const job = kit.queue.kit.holdOn(gate.path)
      await gate.reached()

      const first = pool.stop()
      const second = pool.stop({ grace: '10m' })
      await kit.advance(3_000)
      await Promise.all([first, second])

      expect(await kit.record(job.id)).toMatchObject({ state: 'enqueued', attempt: 0 })
    }),
    test('waits for ever if it is told so', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool()
      const job = kit.queue.kit.hold(gate.path, 'done')
      await gate.reached()

      const stopped = pool.stop({ drainTimeout: Number.POSITIVE_INFINITY })
      await kit.advance(120_000)
      gate.open()
      await stopped

      expect(await job.result()).toBe('done')
    }),
    test('gives jobs back to the front of their line', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ slots: 1, drainTimeout: 0, ahead: false })
      const first = kit.queue.kit.hold.with({ id: 'first' })(gate.path)
      await gate.reached()
      const second = await kit.queue.kit.about().enqueued()
      await pool.stop()
      gate.open()

      await kit.pool({ slots: 1 })
      await first.result()

      const { token } = await second.result()
      const claims = (await kit.record('first')).history.filter(({ what }) => what === 'claimed')
      expect(claims).toHaveLength(2)
      expect(token).toBeGreaterThan(0)
    }),
    test('lets another pool go on with what it gave back', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ drainTimeout: 0 })
      const other = await kit.pool({}, kit.otherBroker())
      const jobs = Array.from({ length: 4 }, (_, n) => kit.queue.kit.hold(gate.path, n))
      await gate.reached(4)

      await pool.stop()
      await kit.eventually(() => other.stats().running === 4)
      gate.open()

      expect(await Promise.all(jobs.map((job) => job.result()))).toEqual([0, 1, 2, 3])
    }),
    test('stops though the backend is away', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ drainTimeout: '1s' })
      await kit.queue.kit.hold(gate.path).enqueued()
      await gate.reached()
      kit.network.goDown()

      await expect(kit.during(pool.stop())).resolves.toBeUndefined()
    }),
  ],
}
