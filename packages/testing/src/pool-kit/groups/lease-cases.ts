import { expect } from 'vitest'
import { type PoolGroup, test } from '../pool-case.ts'

/** Ownership: kept, lost, and what happens then. */
export const leaseCases: PoolGroup = {
  name: 'leases',
  cases: [
    test('are kept for jobs that run longer than they last', async (kit) => {
      const gate = kit.gate()
      await kit.pool()
      const job = kit.queue.kit.hold(gate.path, 'done')
      await gate.reached()

      await kit.advance(120_000)
      gate.open()

      expect(await job.result()).toBe('done')
      expect(await kit.record(job.id)).toMatchObject({ attempt: 1, crashes: 0 })
    }),
    test('that are taken away abort the job, which changes nothing any more [G5, G8]', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ slots: 1 })
      const job = kit.queue.kit.hold(gate.path, 'done')
      await gate.reached()
      const { token = 0 } = await kit.record(job.id)

      await kit.broker.jobs.expireLease(job.id)
      await gate.reached(2)
      const again = await kit.record(job.id)
      gate.open()

      expect(again.token).toBeGreaterThan(token)
      expect(await job.result()).toBe('done')
      expect(pool.stats()).toMatchObject({ orphaned: 0 })
    }),
    test('of a pool that is cut off end, and others go on with its jobs', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool()
      const job = kit.queue.kit.hold(gate.path, 'done')
      await gate.reached()
      const other = kit.otherBroker()
      await other.ping()
      kit.network.goDown()
      await kit.pool({}, other)

      await kit.advance(30_000)
      await gate.reached(2)
      kit.network.comeUp()
      gate.open()

      expect(await other.deferred(job.id).result()).toBe('done')
      expect(await kit.record(job.id)).toMatchObject({ attempt: 2, crashes: 1 })
      await kit.advance(30_000)
      expect(pool.stats()).toMatchObject({ running: 0, held: 0 })
    }),
    test('that cannot be renewed abort the job before they end [G7, C-42]', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ lease: '10s' })
      await kit.queue.kit.hold(gate.path).enqueued()
      await gate.reached()
      kit.network.goDown()

      await kit.advance(6_000)
      const early = pool.stats().running
      await kit.advance(2_500)

      expect(early).toBe(1)
      await kit.eventually(() => pool.stats().running === 0)
    }),
    test('that end do not end the pool', async (kit) => {
      const gate = kit.gate()
      await kit.pool()
      await kit.queue.kit.hold(gate.path).enqueued()
      await gate.reached()
      const other = kit.otherBroker()
      await other.ping()
      kit.network.goDown()
      await kit.advance(60_000)
      kit.network.comeUp()
      gate.open()
      await kit.advance(10_000)

      expect(await other.queue().kit.add(1, 2).result()).toBe(3)
    }),
  ],
}
