import { expect } from 'vitest'
import { type PoolGroup, test } from '../pool-case.ts'

/** Jobs that are told to stop: canceled, or out of time. */
export const cancelCases: PoolGroup = {
  name: 'canceled and timed out jobs',
  cases: [
    test('see their signal abort, and end as canceled [RW-34, RQ-93]', async (kit) => {
      const gate = kit.gate()
      await kit.pool()
      const job = kit.queue.kit.hold(gate.path)
      await gate.reached()

      await job.cancel('enough')

      await expect(job.result()).rejects.toMatchObject({ kind: 'canceled', text: 'canceled: enough' })
      expect(await job.status()).toBe('canceled')
    }),
    test('end as canceled also if they return a value [PT-10, PT-11]', async (kit) => {
      const gate = kit.gate()
      await kit.pool()
      const job = kit.queue.kit.holdPolitely(gate.path)
      await gate.reached()

      await job.cancel()

      await expect(job.result()).rejects.toMatchObject({ kind: 'canceled' })
    }),
    test('are given up after the grace if they do not heed it, and their slot is used', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ slots: 1 })
      const job = kit.queue.kit.holdOn(gate.path)
      await gate.reached()
      const next = kit.queue.kit.add(1, 2)
      await job.cancel('enough')
      await kit.advance(2_000)
      const during = await job.status()

      await kit.advance(3_000)

      expect(during).toBe('processing')
      await expect(job.result()).rejects.toMatchObject({ kind: 'canceled' })
      expect(await next.result()).toBe(3)
      await kit.eventually(() => pool.stats().held === 0)
      expect(pool.stats().running).toBe(0)
    }),
    test('that were given up change nothing when they end after all [C-22]', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ slots: 1 })
      const job = kit.queue.kit.holdOn(gate.path)
      await gate.reached()
      await job.cancel()
      await kit.advance(5_000)
      await kit.reaches(job.id, 'canceled')

      gate.open()
      await kit.eventually(() => pool.stats().orphaned === 0)

      expect(await job.status()).toBe('canceled')
      expect(pool.stats()).toMatchObject({ running: 0, held: 0 })
    }),
    test('are told at once, though the pool hears nothing between two renewals', async (kit) => {
      const gate = kit.gate()
      await kit.pool()
      const job = kit.queue.kit.hold(gate.path)
      await gate.reached()

      await job.cancel()

      await kit.reaches(job.id, 'canceled')
    }),
    test('have failed when their time is over [RW-58, C-20]', async (kit) => {
      const gate = kit.gate()
      await kit.pool()
      const job = kit.queue.kit.holdBriefly(gate.path)
      await gate.reached()

      await kit.advance(4_000)
      const early = await job.status()
      await kit.advance(2_000)

      expect(early).toBe('processing')
      await expect(job.result()).rejects.toMatchObject({ kind: 'timeout', text: 'timeout: ran longer than 5000 ms' })
    }),
    test('have failed also if they do not heed it, after the grace', async (kit) => {
      const gate = kit.gate()
      await kit.pool({ slots: 1 })
      const job = kit.queue.kit.holdOnBriefly(gate.path)
      await gate.reached()

      await kit.advance(6_000)
      const early = await job.status()
      await kit.advance(3_000)

      expect(early).toBe('processing')
      await expect(job.result()).rejects.toMatchObject({ kind: 'timeout' })
      expect(await kit.queue.kit.add(1, 2).result()).toBe(3)
    }),
    test('run again after a timeout if they have retries', async (kit) => {
      const gate = kit.gate()
      await kit.pool()
      const job = kit.queue.kit.holdBrieflyOnce(gate.path)
      await gate.reached()
      await kit.advance(5_100)
      await kit.reaches(job.id, 'scheduled')

      await kit.advance(3_000)

      expect(await job.result()).toBe(2)
    }),
    test('take the time limit of the call rather than of the task', async (kit) => {
      const gate = kit.gate()
      await kit.pool()
      const job = kit.queue.kit.hold.with({ timeout: '1m' })(gate.path)
      await gate.reached()

      await kit.advance(61_000)

      await expect(job.result()).rejects.toMatchObject({ text: 'timeout: ran longer than 60000 ms' })
    }),
  ],
}
