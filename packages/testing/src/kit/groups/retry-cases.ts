import { UNKNOWN_TASK_DELAY_MS } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { idsOf } from '../session/claimed.ts'
import { job, jobs } from '../session/sample-job.ts'
import { failureOf, giveBack, retry, unknownTask } from '../session/sample-settlement.ts'

/** Jobs that run again because they failed, were given back, or came to the wrong pool. */
export const retryCases: KitGroup = {
  name: 'retry and return',
  cases: [
    behaviour('counts a retry among the failures of a job, and keeps its attempts [RQ-38]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      await session.settle(retry(await session.takeOne()))
      await session.settle(retry(await session.takeOne()))

      expect(await kit.record('a')).toMatchObject({ state: 'enqueued', failures: 2, attempt: 2, crashes: 0 })
    }),
    behaviour('schedules a retry with a delay [RQ-38]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const before = await kit.queue.now()

      await session.settle(retry(await session.takeOne(), 60_000))

      const record = await kit.record('a')
      expect(record.state).toBe('scheduled')
      expect(record.runAt).toBeGreaterThanOrEqual(before + 60_000)
      expect(await session.take(1)).toEqual([])
      await kit.advance(61_000)
      expect(idsOf(await session.take(1))).toEqual(['a'])
    }),
    behaviour('tells in the history that a job was retried [RQ-09]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      await session.settle(retry(await session.takeOne()))

      expect((await kit.record('a')).history.map((entry) => entry.what)).toEqual(['enqueued', 'claimed', 'retried'])
    }),
    behaviour('lets nobody hold a job that is to be retried', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      await session.settle(retry(await session.takeOne(), 60_000))

      const record = await kit.record('a')
      expect([record.session, record.token]).toEqual([undefined, undefined])
      expect(await session.renew()).toMatchObject({ held: 0 })
    }),
    behaviour('answers a token that asked for a retry with lost from then on', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      await session.settle(retry(held))

      expect(await session.settle(retry(held))).toEqual(['lost'])
      expect(await kit.record('a')).toMatchObject({ failures: 1 })
    }),
    behaviour('puts jobs that are given back at the front, in their old order [G16]', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 5))
      const [j0, j1, j2] = await session.take(3)
      if (!j0 || !j1 || !j2) expect.fail('three jobs are there')

      await session.settle(giveBack(j2), giveBack(j0))
      await session.settle(giveBack(j1))

      expect(idsOf(await session.take(5))).toEqual(['j0', 'j1', 'j2', 'j3', 'j4'])
    }),
    behaviour('puts jobs that two sessions give back in their old order', async (kit) => {
      const [one, other] = [await kit.session(), await kit.session()]
      await one.put(...jobs('j', 4))
      const j0 = await one.takeOne()
      const j1 = await other.takeOne()
      const j2 = await one.takeOne()

      await one.settle(giveBack(j2))
      await other.settle(giveBack(j1))
      await one.settle(giveBack(j0))

      expect(idsOf(await other.take(4))).toEqual(['j0', 'j1', 'j2', 'j3'])
    }),
    behaviour('takes the attempt back of a job that is given back, and charges nothing [G16]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      await session.settle(giveBack(await session.takeOne()))

      expect(await kit.record('a')).toMatchObject({ state: 'enqueued', attempt: 0, failures: 0, crashes: 0 })
      expect(await session.takeOne()).toMatchObject({ attempt: 1 })
    }),
    behaviour('puts a job that is given back in front of its own priority alone', async (kit) => {
      const session = await kit.session()
      await session.put(job('low'), job('low2'))
      const held = await session.takeOne()
      await session.put(job('high', { priority: 1 }))

      await session.settle(giveBack(held))

      expect(idsOf(await session.take(3))).toEqual(['high', 'low', 'low2'])
    }),
    behaviour('schedules a job that is given back with a delay, and then puts it at the tail', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'))

      await session.settle(giveBack(await session.takeOne(), 30_000))
      const state = await kit.record('a')
      await kit.advance(31_000)

      expect(state).toMatchObject({ state: 'scheduled', attempt: 0 })
      expect(idsOf(await session.take(2))).toEqual(['b', 'a'])
    }),
    behaviour('tells in the history that a job was given back [RQ-09]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      await session.settle(giveBack(await session.takeOne()))

      expect((await kit.record('a')).history.at(-1)?.what).toBe('returned')
    }),
    behaviour('delays a job whose pool lacks the task while a pool on its queue has it', async (kit) => {
      const [old, young] = [await kit.session({ tasks: {} }), await kit.session({ tasks: { work: undefined } })]
      await kit.session({ tasks: { work: undefined }, queues: ['default'] })
      await old.put(job('a'))

      await old.settle(unknownTask(await old.takeOne()))
      const record = await kit.record('a')
      await kit.advance(UNKNOWN_TASK_DELAY_MS + 100)

      expect(record).toMatchObject({ state: 'scheduled', attempt: 0, failures: 0, crashes: 0 })
      expect(await young.takeOne()).toMatchObject({ id: 'a', attempt: 1 })
    }),
    behaviour('fails a job whose task no pool on its queue has', async (kit) => {
      const session = await kit.session({ tasks: {}, queues: ['default'] })
      await kit.session({ tasks: { work: undefined }, queues: ['other'] })
      await kit.session({ tasks: { other: undefined }, queues: ['default'] })
      await session.put(job('a'))
      const held = await session.takeOne()

      await session.settle(unknownTask(held))

      const expected = failureOf(held, { kind: 'no-such-task', text: 'no such task', group: 'no-such-task' })
      expect(await kit.record('a')).toMatchObject({ state: 'failed', kind: 'no-such-task', failure: expected })
    }),
    behaviour('does not count a pool that has ended among those that have a task', async (kit) => {
      const session = await kit.session({ tasks: {}, queues: ['default'] })
      const gone = await kit.session({ tasks: { work: undefined }, queues: ['default'] })
      await session.put(job('a'))
      await gone.end()

      await session.settle(unknownTask(await session.takeOne()))

      expect(await kit.state('a')).toBe('failed')
    }),
    behaviour('does not count the pool itself among those that have a task', async (kit) => {
      const session = await kit.session({ tasks: { work: undefined }, queues: ['default'] })
      await session.put(job('a'))

      await session.settle(unknownTask(await session.takeOne()))

      expect(await kit.state('a')).toBe('failed')
    }),
  ],
}
