import { expect } from 'vitest'
import { type PoolGroup, test } from '../pool-case.ts'

/** Jobs that run again. */
export const retryCases: PoolGroup = {
  name: 'retries',
  cases: [
    test('come after the back-off of the task', async (kit) => {
      await kit.pool()
      const job = await kit.queue.kit.failFor(1).enqueued()
      await kit.reaches(job.id, 'scheduled')

      await kit.advance(9_000)
      const early = await job.status()
      await kit.advance(2_000)

      expect(early).toBe('scheduled')
      expect(await job.result()).toBe(2)
    }),
    test('end with the last failure when there are none left', async (kit) => {
      await kit.pool()
      const job = await kit.queue.kit.failFor(5).enqueued()
      for (const _ of [1, 2]) {
        await kit.reaches(job.id, 'scheduled')
        await kit.advance(11_000)
      }

      await expect(job.result()).rejects.toMatchObject({ kind: 'exception', text: 'Error: attempt 3' })
      expect(await kit.record(job.id)).toMatchObject({ attempt: 3, failures: 2, crashes: 0 })
    }),
    test('are what the call says rather than the task', async (kit) => {
      await kit.pool()
      const job = kit.queue.kit.failFor.with({ retries: 0 })(1)

      await expect(job.result()).rejects.toMatchObject({ text: 'Error: attempt 1' })
    }),
    test('are not spent on an error that is final', async (kit) => {
      await kit.pool()
      const job = kit.queue.kit.failForGood()

      await expect(job.result()).rejects.toMatchObject({ text: 'Error: for good' })
      expect((await kit.record(job.id)).attempt).toBe(1)
    }),
    test('are asked for by a task that throws job.retry() [RQ-38]', async (kit) => {
      await kit.pool()
      const job = await kit.queue.kit.retryOnce(5_000).enqueued()
      await kit.reaches(job.id, 'scheduled')

      await kit.advance(6_000)

      expect(await job.result()).toBe(2)
    }),
    test('that are asked for and not left fail the job [RQ-38]', async (kit) => {
      await kit.pool()

      await expect(kit.queue.kit.retryWithout().result()).rejects.toMatchObject({
        ...{ kind: 'retries-exhausted', text: 'Job exhausted retries in queue "default"' },
      })
    }),
    test('are not for a task that throws job.fail() [RQ-37]', async (kit) => {
      await kit.pool()

      await expect(kit.queue.kit.giveUp.with({ retries: 5 })().result()).rejects.toMatchObject({
        ...{ kind: 'error', text: 'no such user', group: 'users', details: { user: 5 } },
      })
    }),
    test('raise the token each time', async (kit) => {
      await kit.pool()
      const job = await kit.queue.kit.hold.with({ id: 'again' })(kit.gate().path).enqueued()
      const first = (await kit.reaches(job.id, 'processing')).token ?? 0
      await kit.broker.jobs.expireLease(job.id)

      await kit.advance(2_000)

      expect((await kit.reaches(job.id, 'processing')).token).toBeGreaterThan(first)
    }),
  ],
}
