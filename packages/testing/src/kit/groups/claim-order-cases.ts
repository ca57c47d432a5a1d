import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { idsOf } from '../session/claimed.ts'
import { job, jobs, order } from '../session/sample-job.ts'
import { retry } from '../session/sample-settlement.ts'

/** Which job comes first. */
export const claimOrderCases: KitGroup = {
  name: 'claim order',
  cases: [
    behaviour('hands out nothing where there is nothing', async (kit) => {
      const session = await kit.session()

      expect(await session.claim({ slots: 5 })).toEqual({ jobs: [], values: [] })
    }),
    behaviour('hands jobs of one queue and priority out in the order enqueued [G11] [RW-38]', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 5))
      await session.put(job('k'))

      expect(idsOf(await session.take(3))).toEqual(['j0', 'j1', 'j2'])
      expect(idsOf(await session.take(9))).toEqual(['j3', 'j4', 'k'])
    }),
    behaviour('keeps the order between clients in which their jobs were stored', async (kit) => {
      const [one, other] = [await kit.session(), await kit.session()]
      await one.put(job('a'))
      await other.put(job('b'))
      await one.put(job('c'))

      expect(idsOf(await other.take(3))).toEqual(['a', 'b', 'c'])
    }),
    behaviour('hands out higher priorities first, and equal ones in the order enqueued [RQ-19]', async (kit) => {
      const session = await kit.session()
      await session.put(job('low', { priority: -1 }), job('none'), job('high', { priority: 10 }))
      await session.put(job('low2', { priority: -1 }), job('none2'), job('high2', { priority: 10 }))

      expect(idsOf(await session.take(6))).toEqual(['high', 'high2', 'none', 'none2', 'low', 'low2'])
    }),
    behaviour('takes every 32-bit integer for a priority', async (kit) => {
      const session = await kit.session()
      const priorities = [0, -(2 ** 31), 2 ** 31 - 1, 1, -1]
      await session.put(...priorities.map((priority) => job(`p${priority}`, { priority })))

      const taken = await session.take(5)

      expect(taken.map((each) => each.priority)).toEqual([2 ** 31 - 1, 1, 0, -1, -(2 ** 31)])
    }),
    behaviour('hands out all of many jobs of many priorities [RQ-19]', async (kit) => {
      const session = await kit.session()
      const batches = Array.from({ length: 12 }, (_, at) => jobs(`p${at}-`, 100, { priority: 12 - at }))
      for (const batch of batches) await session.put(...batch)

      const taken: string[] = []
      while (taken.length < 1_200) {
        const ids = idsOf(await session.take(200))
        if (ids.length === 0) break
        taken.push(...ids)
      }

      expect(taken).toEqual(idsOf(batches.flat()))
    }),
    behaviour('takes only from the queues named [WQ-03] [RW-05]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { queue: 'one' }), job('b', { queue: 'two' }))

      expect(idsOf(await session.take(5, { queues: ['two', 'none'] }))).toEqual(['b'])
      expect(await kit.state('a')).toBe('enqueued')
    }),
    behaviour('takes from the first queue that has something, whatever the priorities [RQ-19]', async (kit) => {
      const session = await kit.session()
      await session.put(job('b0', { queue: 'b', priority: 9 }), job('a0', { queue: 'a' }), job('a1', { queue: 'a' }))

      expect(idsOf(await session.take(1, { queues: ['a', 'b'] }))).toEqual(['a0'])
      expect(idsOf(await session.take(5, { queues: ['a', 'b'] }))).toEqual(['a1', 'b0'])
    }),
    behaviour('takes from queues in turn where they are to be served fairly', async (kit) => {
      const session = await kit.session()
      await session.put(
        ...jobs('a', 3, { queue: 'a' }),
        ...jobs('b', 3, { queue: 'b' }),
        ...jobs('c', 3, { queue: 'c' }),
      )

      const taken = []
      for (let turn = 0; turn < 9; turn += 1) taken.push(await session.takeOne({ queues: { fair: ['a', 'b', 'c'] } }))

      const rounds = [taken.slice(0, 3), taken.slice(3, 6), taken.slice(6, 9)]
      for (const round of rounds) expect(round.map((each) => each.queue).sort()).toEqual(['a', 'b', 'c'])
      expect(idsOf(taken.filter((each) => each.queue === 'b'))).toEqual(['b0', 'b1', 'b2'])
    }),
    behaviour('takes from the next queue in turn that has something', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('b', 3, { queue: 'b' }))

      const taken = []
      for (let turn = 0; turn < 3; turn += 1) taken.push(await session.takeOne({ queues: { fair: ['a', 'b', 'c'] } }))

      expect(idsOf(taken)).toEqual(['b0', 'b1', 'b2'])
    }),
    behaviour('puts a job at the tail of its line when it becomes due', async (kit) => {
      const session = await kit.session()
      await session.put(job('late', { delayMs: 30_000 }), job('a'))
      await kit.advance(31_000)
      await session.put(job('b'))

      expect(idsOf(await session.take(3))).toEqual(['a', 'late', 'b'])
    }),
    behaviour('puts jobs that become due together in the order of their times, then as enqueued', async (kit) => {
      const session = await kit.session()
      const runAt = (await kit.queue.now()) + 50_000
      await session.put(job('c', { runAt: runAt + 200 }), job('a', { runAt }), job('b', { runAt }))
      await session.put(job('first', { runAt: runAt - 200 }))

      await kit.advance(60_000)

      expect(idsOf(await session.take(4))).toEqual(['first', 'a', 'b', 'c'])
    }),
    behaviour('puts a released job at the tail of its line', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('waits', { edges: [order('a')] }), job('b'))

      await session.finish('a')
      await session.put(job('c'))

      expect(idsOf(await session.take(3))).toEqual(['b', 'waits', 'c'])
    }),
    behaviour('puts a job that is retried at once at the tail of its line', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'))

      await session.settle(retry(await session.takeOne()))

      expect(idsOf(await session.take(2))).toEqual(['b', 'a'])
    }),
    behaviour('puts a job whose priority was changed at the tail of its new line [RQ-45]', async (kit) => {
      const session = await kit.session()
      await session.put(job('high', { priority: 5 }), job('a'), job('b'), job('c'))

      await session.control({ kind: 'priority', id: 'a', priority: 5 }, { kind: 'priority', id: 'c', priority: 9 })

      expect(idsOf(await session.take(4))).toEqual(['c', 'high', 'a', 'b'])
    }),
    behaviour('hands a released job out with the priority it was enqueued with', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('urgent', { edges: [order('a')], priority: 3 }))

      await session.finish('a')

      expect(idsOf(await session.take(2))).toEqual(['urgent', 'b'])
    }),
    behaviour('hands out no more jobs than there are slots', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 4))

      expect(await session.take(3)).toHaveLength(3)
      expect(await kit.state('j3')).toBe('enqueued')
    }),
    behaviour('hands out 256 jobs with one call', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 200))
      await session.put(...jobs('k', 100))

      const taken = await session.take(256)

      expect(taken).toHaveLength(256)
      expect(taken.at(-1)?.id).toBe('k55')
    }),
  ],
}
