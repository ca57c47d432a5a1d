import type { DrainCommand } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { argumentsOf, idsOf } from '../session/claimed.ts'
import { job, jobs, order, value } from '../session/sample-job.ts'
import { giveBack, retry, success } from '../session/sample-settlement.ts'

const DRAIN: DrainCommand = { kind: 'drain', queue: 'default' }

/** Emptying a queue. */
export const drainCases: KitGroup = {
  name: 'drain',
  cases: [
    behaviour('cancels all that is in a queue and not processing, and tells how much that was [WQ-20]', async (kit) => {
      const session = await kit.session()
      await session.put(job('runs'), job('ready'), job('later', { delayMs: 60_000 }))
      await session.takeOne()
      await session.put(job('waits', { edges: [order('runs')] }))

      const answers = await session.control(DRAIN)
      await kit.sweepAll()

      expect(answers).toEqual([{ code: 'ok', count: 3 }])
      expect(await kit.states('runs', 'ready', 'later', 'waits')).toEqual({
        runs: 'processing',
        ready: 'canceled',
        later: 'canceled',
        waits: 'canceled',
      })
    }),
    behaviour('tells those who wait for a drained job that it expired [WQ-13]', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'))

      await session.control(DRAIN)
      await kit.sweepAll()

      const record = await kit.record('a')
      expect(record).toMatchObject({ state: 'canceled', kind: 'canceled' })
      expect(record.failure).toMatchObject({ kind: 'canceled', code: 'TASK_EXPIRED', id: 'a', task: 'work' })
      expect(record.failure?.text).toBe('task expired before a result was returned')
    }),
    behaviour('leaves other queues alone', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { queue: 'other' }))

      await session.control(DRAIN)
      await kit.sweepAll()

      expect(idsOf(await session.take(5, { queues: ['default', 'other'] }))).toEqual(['b'])
    }),
    behaviour('leaves jobs alone that come after it', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      await session.control(DRAIN)
      await session.put(job('b'), job('c', { delayMs: 30_000 }))
      await kit.advance(31_000)

      expect(idsOf(await session.take(5))).toEqual(['b', 'c'])
    }),
    behaviour('hands out nothing that was there, though the work is not done yet', async (kit) => {
      const session = await kit.session()
      for (let batch = 0; batch < 4; batch += 1) await session.put(...jobs(`${batch}-`, 200))

      const answers = await session.control(DRAIN)
      await session.put(job('after'))

      expect(answers).toEqual([{ code: 'ok', count: 800 }])
      expect(idsOf(await session.take(100))).toEqual(['after'])
    }),
    behaviour('drains an empty queue of nothing', async (kit) => {
      const session = await kit.producer()

      expect(await session.control({ kind: 'drain', queue: 'nothing' })).toEqual([{ code: 'ok', count: 0 }])
    }),
    behaviour('lets a running job be retried and given back after it, and loses neither', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'))
      const [a, b] = await session.take(2)
      if (!a || !b) expect.fail('two jobs are there')

      await session.control(DRAIN)
      await session.settle(retry(a), giveBack(b))
      await kit.sweepAll()

      expect(idsOf(await session.take(5)).sort()).toEqual(['a', 'b'])
    }),
    behaviour('lets the dependents of a drained job in other queues follow their policy', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const policies = ['fail', 'pass', 'wait'] as const
      await session.put(...policies.map((each) => job(each, { queue: 'other', edges: [value('a', each)] })))

      await session.control(DRAIN)
      await kit.sweepAll()

      expect(await kit.states(...policies)).toEqual({ fail: 'failed', pass: 'enqueued', wait: 'deferred' })
      const [passed] = argumentsOf(await session.claim({ queues: ['other'] }), 'pass')
      expect(passed).toMatchObject({ kind: 'failure', failure: { id: 'a', code: 'TASK_EXPIRED' } })
    }),
    behaviour('cancels a job of the queue that waits for a job of another', async (kit) => {
      const session = await kit.session()
      await session.put(job('far', { queue: 'other' }), job('b', { edges: [value('far')] }))

      await session.control(DRAIN)
      await kit.sweepAll()
      const far = await session.takeOne({ queues: ['other'] })
      await session.settle(success(far))

      expect(await kit.state('b')).toBe('canceled')
    }),
    behaviour('drains every priority of a queue', async (kit) => {
      const session = await kit.session()
      await session.put(job('low', { priority: -5 }), job('none'), job('high', { priority: 5 }))

      expect(await session.control(DRAIN)).toEqual([{ code: 'ok', count: 3 }])
      await kit.sweepAll()

      expect(await session.take(5)).toEqual([])
      expect((await kit.queue.counts('default')).get('default')).toMatchObject({ enqueued: 0, canceled: 3 })
    }),
    behaviour('makes room for the ids of what it canceled, where they may be reused', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.control(DRAIN)
      await kit.sweepAll()

      await session.put(job('a', { reuseEnded: true }))

      expect(idsOf(await session.take(5))).toEqual(['a'])
    }),
  ],
}
