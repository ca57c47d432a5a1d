import { expect } from 'vitest'
import { type PoolGroup, test } from '../pool-case.ts'

/** Start, stop, join. */
export const lifecycleCases: PoolGroup = {
  name: 'start and stop',
  cases: [
    test('runs a job that was enqueued before it started', async (kit) => {
      const early = await kit.queue.kit.add(1, 2).enqueued()

      await kit.pool()

      expect(await early.result()).toBe(3)
    }),
    test('runs a job that is enqueued while it waits', async (kit) => {
      await kit.pool()

      expect(await kit.queue.kit.add(1, 2).result()).toBe(3)
    }),
    test('cannot be started twice [WQ-61]', async (kit) => {
      const pool = await kit.pool()

      await expect(pool.start()).rejects.toMatchObject({
        code: 'ALREADY_STARTED',
        message: 'cannot start already running WorkerPool',
      })
    }),
    test('cannot be started again after it was stopped', async (kit) => {
      const pool = await kit.pool()
      await pool.stop()

      await expect(pool.start()).rejects.toMatchObject({ code: 'ALREADY_STARTED' })
    }),
    test('may be stopped before it is started, which changes nothing', async (kit) => {
      const pool = kit.create()
      await pool.stop()

      await pool.start()

      expect(await kit.queue.kit.add(1, 2).result()).toBe(3)
    }),
    test('may be stopped while it starts', async (kit) => {
      const pool = kit.create()

      const starting = pool.start()
      await pool.stop()

      await starting
      expect(pool.stats()).toEqual({ running: 0, ready: 0, held: 0, orphaned: 0 })
    }),
    test('may be stopped twice [WQ-58]', async (kit) => {
      const pool = await kit.pool()

      await Promise.all([pool.stop(), pool.stop()])

      await expect(pool.stop()).resolves.toBeUndefined()
    }),
    test('lets join wait until it has stopped [WQ-62]', async (kit) => {
      const pool = await kit.pool()
      let joined = false
      const join = pool.join().then(() => {
        joined = true
      })

      await kit.queue.kit.nothing().result()
      const early = joined
      await pool.stop()
      await join

      expect(early).toBe(false)
    }),
    test('stops at the end of its scope', async (kit) => {
      const pool = kit.create()
      {
        await using scoped = pool
        await scoped.start()
      }

      await expect(pool.join()).resolves.toBeUndefined()
    }),
    test('stops when its broker is closed', async (kit) => {
      const pool = await kit.pool()

      await kit.broker.close()

      await expect(pool.join()).resolves.toBeUndefined()
    }),
    test('takes no job after it was stopped', async (kit) => {
      const pool = await kit.pool()
      await pool.stop()

      const job = await kit.queue.kit.nothing().enqueued()
      await kit.advance(60_000)

      expect(await job.status()).toBe('enqueued')
    }),
    test('cannot be started while the backend is away, and can afterwards', async (kit) => {
      await kit.broker.ping()
      const pool = kit.create()
      kit.network.goDown()

      await expect(pool.start()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
      kit.network.comeUp()
      await pool.start()

      expect(await kit.queue.kit.add(1, 2).result()).toBe(3)
    }),
    test('tells what it is doing', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ slots: 2 })
      const jobs = [kit.queue.kit.hold(gate.path), kit.queue.kit.hold(gate.path)]

      await gate.reached(2)
      const busy = pool.stats()
      gate.open()
      await Promise.all(jobs.map((job) => job.result()))
      await pool.stop()

      expect(busy).toMatchObject({ running: 2, held: 2, orphaned: 0 })
      expect(pool.stats()).toEqual({ running: 0, ready: 0, held: 0, orphaned: 0 })
    }),
    test('leaves no timer when it has stopped', async (kit) => {
      const before = kit.clock.pending
      const broker = kit.otherBroker()
      const pool = await kit.pool({}, broker)
      await broker.queue().kit.nothing().result()

      await pool.stop()
      await broker.close()

      expect(kit.clock.pending).toBeLessThanOrEqual(before)
    }),
  ],
}
