import { expect } from 'vitest'
import { type PoolGroup, test } from '../pool-case.ts'

/** Lost messages and outages. */
export const networkCases: PoolGroup = {
  name: 'a bad network',
  cases: [
    ...(['claim', 'settle', 'renew', 'append', 'begin'] as const).flatMap((operation) =>
      (['request', 'reply'] as const).map((loss) =>
        test(`runs each job once though the ${loss} of a ${operation} is lost`, async (kit) => {
          const gate = kit.gate()
          kit.network.lose(loss, operation)
          await kit.pool({ slots: 2 }).catch(() => kit.pool({ slots: 2 }))
          kit.network.lose(loss, operation)
          const jobs = Array.from({ length: 12 }, () => kit.queue.kit.report(gate.path))
          const results = Promise.all(jobs.map((job) => job.result()))
          await kit.during(gate.reached(2))
          gate.open()

          await kit.during(results)
          for (const { id } of jobs) expect((await kit.record(id)).attempt).toBe(1)
          expect(gate.arrivals).toBe(12)
        }),
      ),
    ),
    test('goes on by itself after an outage while it waits for jobs [G20]', async (kit) => {
      await kit.pool()
      await kit.queue.kit.nothing().result()
      kit.network.goDown()
      await kit.advance(120_000)

      kit.network.comeUp()
      await kit.advance(5_000)

      expect(await kit.queue.kit.add(1, 2).result()).toBe(3)
    }),
    test('settles after an outage what ended during it', async (kit) => {
      const gate = kit.gate()
      await kit.pool()
      const job = kit.queue.kit.hold(gate.path, 'done')
      await gate.reached()
      kit.network.goDown()
      gate.open()
      await kit.advance(2_000)

      kit.network.comeUp()
      await kit.advance(5_000)

      expect(await job.result()).toBe('done')
      expect((await kit.record(job.id)).attempt).toBe(1)
    }),
    test('lets a job go on that does not heed its signal, and keeps its result if nobody took it [G9]', async (kit) => {
      const gate = kit.gate()
      await kit.pool({ lease: '10s' })
      const job = kit.queue.kit.holdOn(gate.path)
      await gate.reached()
      kit.network.goDown()
      await kit.advance(60_000)

      kit.network.comeUp()
      await kit.advance(5_000)
      gate.open()

      expect(await kit.during(job.result())).toBe('too late')
      expect(await kit.record(job.id)).toMatchObject({ attempt: 1, crashes: 0 })
    }),
    test('goes on after its session was forgotten', async (kit) => {
      const pool = await kit.pool()
      await kit.otherBroker().ping()
      await kit.queue.kit.nothing().result()
      kit.network.goDown()
      await kit.sleep(1_200_000)

      kit.network.comeUp()
      await kit.advance(120_000)

      expect(await kit.caller().queue().kit.add(1, 2).result()).toBe(3)
      await kit.eventually(() => pool.stats().held === 0)
    }),
    test('gives back jobs that came with a reply it never saw, when it stops', async (kit) => {
      const pool = await kit.pool()
      await kit.advance(0)
      kit.network.lose('reply', 'claim')
      const job = await kit.queue.kit.add(1, 2).enqueued()

      await pool.stop()
      await kit.pool({}, kit.otherBroker())

      expect(await job.result()).toBe(3)
    }),
  ],
}
