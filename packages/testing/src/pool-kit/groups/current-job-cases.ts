import { expect } from 'vitest'
import { type PoolGroup, test } from '../pool-case.ts'

/** What a task sees of its job, and can do about it. */
export const currentJobCases: PoolGroup = {
  name: 'currentJob()',
  cases: [
    test('tells who the job is', async (kit) => {
      await kit.pool({ queues: ['mail'] })
      const options = { id: 'job-5', tags: ['a', 'b'], meta: { by: { name: 'me' } } }
      const job = kit.broker.queue('mail').kit.about.with(options)()

      expect(await job.result()).toEqual({
        ...{ id: 'job-5', name: 'kit.about', queueName: 'mail', attempt: 1, token: expect.any(Number) },
        ...{ tags: ['a', 'b'], meta: { by: { name: 'me' } }, aborted: false },
      })
    }),
    test('shows progress while the job runs, the last value of a tick', async (kit) => {
      const gate = kit.gate()
      await kit.pool()
      const job = kit.queue.kit.report(gate.path)
      await gate.reached()

      // What a job elsewhere tells may arrive after it has come to the gate, and the first of it before the rest.
      await kit.eventually(async () => expect(await job.progress()).toBe(0.5))
    }),
    test('shows saved output while the job runs, and makes it the result [RW-32, RW-33]', async (kit) => {
      const gate = kit.gate()
      await kit.pool()
      const job = kit.queue.kit.save(gate.path)
      await gate.reached()

      const [output, status] = [await job.output(), await job.status()]
      gate.open()

      expect([output, status]).toEqual([{ part: 1 }, 'processing'])
      expect(await job.result()).toEqual({ part: 1 })
    }),
    test('has the output of a job that fails stored first', async (kit) => {
      await kit.pool()
      const job = kit.queue.kit.saveAndFail()

      await expect(job.result()).rejects.toMatchObject({ text: 'Error: later' })
      expect(await job.output()).toBe('so far')
    }),
    test('keeps the lease by heartbeat() [RQ-39]', async (kit) => {
      const gate = kit.gate()
      await kit.pool()
      const job = kit.queue.kit.beat(gate.path)
      await gate.reached()

      gate.open()

      expect(await job.result()).toBe('alive')
    }),
    test('makes calls that are stored before its job has succeeded', async (kit) => {
      await kit.pool({ slots: 1 })
      const job = kit.queue.kit.callAndForget('hello')
      await job.result()

      const child = kit.broker.deferred<string>(`${job.id}/child`)

      expect(await child.status()).toBeDefined()
      expect(await child.result()).toBe('hello')
      expect((await kit.record(child.id)).parent).toBe(job.id)
    }),
    test('fails its job if a call of it could not be stored', async (kit) => {
      await kit.pool()

      await expect(kit.queue.kit.callTwice('taken').result()).rejects.toMatchObject({
        text: expect.stringContaining('cannot enqueue task with duplicate id'),
      })
    }),
    test('lends its slot while its job waits for another', async (kit) => {
      await kit.pool({ slots: 1 })

      expect(await kit.queue.kit.callAndWait(2, 2).result()).toBe(40)
    }),
    test('lends no more slots than the pool has: beyond that waiting is refused', async (kit) => {
      await kit.pool({ slots: 2 })

      expect(await kit.queue.kit.waitForSelf(2).result()).toBe(2)
      await expect(kit.queue.kit.waitForSelf(3).result()).rejects.toMatchObject({
        text: expect.stringContaining('WouldDeadlock'),
      })
    }),
    test('takes slots that were lent back', async (kit) => {
      const gate = kit.gate()
      await kit.pool({ slots: 1 })
      await kit.queue.kit.callAndWait(1, 1).result()
      const jobs = Array.from({ length: 2 }, () => kit.queue.kit.hold(gate.path))

      await gate.reached()
      await kit.advance(2_000)

      // Not `stats()`, which counts what waits in a worker as well.
      expect(gate.arrivals).toBe(1)
      gate.open()
      await Promise.all(jobs.map((job) => job.result()))
    }),
  ],
}
