import { type JobState, MAX_HISTORY } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { job, jobs, order } from '../session/sample-job.ts'
import { failure, retry, success } from '../session/sample-settlement.ts'
import { cancel } from './cancel-cases.ts'

/** Records, counts and histories. */
export const readingCases: KitGroup = {
  name: 'reading',
  cases: [
    behaviour('reads records in the order of the ids, with gaps for unknown ones [RQ-07]', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'), job('b'))

      const records = await kit.queue.read(['b', 'nobody', 'a', 'b'])

      expect(records.map((record) => record?.id)).toEqual(['b', undefined, 'a', 'b'])
      expect(await kit.queue.read([])).toEqual([])
    }),
    behaviour('counts the jobs of a queue by state [RQ-25]', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 5), job('later', { delayMs: 60_000 }), job('waits', { edges: [order('j4')] }))
      const [good, bad] = await session.take(3)
      if (!good || !bad) expect.fail('three jobs are there')
      await session.settle(success(good), failure(bad))
      await session.control(cancel(['j3']))

      const counts = await kit.queue.counts('default')

      expect(counts.get('default')).toEqual({
        deferred: 1,
        scheduled: 1,
        enqueued: 1,
        processing: 1,
        success: 1,
        failed: 1,
        canceled: 1,
      })
    }),
    behaviour('counts each queue that has any, and one alone where it is named [RQ-25]', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a', { queue: 'one' }), job('b', { queue: 'two' }), job('c', { queue: 'two' }))

      const [all, one] = [await kit.queue.counts(), await kit.queue.counts('two')]

      expect([...all].map(([name, counts]) => [name, counts.enqueued]).sort()).toEqual([
        ['one', 1],
        ['two', 2],
      ])
      expect([...one].map(([name, counts]) => [name, counts.enqueued])).toEqual([['two', 2]])
    }),
    behaviour('counts nothing in a queue that nobody used', async (kit) => {
      const counts = (await kit.queue.counts('nothing')).get('nothing')

      expect(Object.values(counts ?? {}).filter((count) => count !== 0)).toEqual([])
      expect(await kit.queue.counts()).toEqual(new Map())
    }),
    behaviour('counts as the records say, whatever happened', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 12), job('late', { delayMs: 5000 }))
      const held = await session.take(6)
      const [a, b, c, d] = held
      if (!a || !b || !c || !d) expect.fail('six jobs are there')
      await session.settle(success(a), failure(b), retry(c, 60_000), retry(d))
      await session.control(cancel(['j8', 'j9']), { kind: 'remove', id: a.id })
      await session.put(job('j8', { reuseEnded: true }), job('j7', { onDuplicate: 'replace', delayMs: 60_000 }))
      await kit.advance(6000)

      const ids = [...jobs('j', 12).map((each) => each.id), 'late']
      const tally: Partial<Record<JobState, number>> = {}
      for (const record of await kit.queue.read(ids)) {
        if (record) tally[record.state] = (tally[record.state] ?? 0) + 1
      }

      const counts = (await kit.queue.counts('default')).get('default')
      expect(counts).toMatchObject(tally)
      expect(Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0)).toBe(12)
    }),
    behaviour('tells the history of a job in order, with times and sessions [RQ-09] [RW-29]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { delayMs: 30_000 }))
      await kit.advance(31_000)

      await session.finish('a')

      const { history, createdAt, endedAt } = await kit.record('a')
      expect(history.map((entry) => entry.what)).toEqual(['enqueued', 'due', 'claimed', 'success'])
      const times = history.map((entry) => entry.at)
      expect(times).toEqual([...times].sort((left, right) => left - right))
      expect([times.at(0), times.at(-1)]).toEqual([createdAt, endedAt])
      expect(history.filter((entry) => entry.what === 'claimed')).toMatchObject([{ session: session.id }])
    }),
    behaviour('keeps the first entry of a history and the newest, a hundred in all [RQ-09]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      for (let count = 0; count < MAX_HISTORY; count += 1) await session.settle(retry(await session.takeOne()))
      await session.finish('a')

      const { history } = await kit.record('a')
      expect(history).toHaveLength(MAX_HISTORY)
      expect(history.at(0)?.what).toBe('enqueued')
      expect(history.slice(-3).map((entry) => entry.what)).toEqual(['retried', 'claimed', 'success'])
    }),
    behaviour('shows when a job is due, and when it was, after it', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { delayMs: 30_000 }))
      const due = (await kit.record('a')).runAt

      await kit.advance(31_000)

      expect(due).toBeGreaterThan(0)
      expect((await kit.record('a')).runAt).toBe(due)
    }),
    behaviour('changes nothing by reading', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { delayMs: 1000 }))
      await kit.queue.shiftClock(5000)
      const before = await kit.queue.read(['a', 'b'])

      await kit.queue.counts()
      await kit.queue.now()

      expect(await kit.queue.read(['a', 'b'])).toEqual(before)
    }),
    behaviour('moves its clock forward as told, and never back by itself', async (kit) => {
      const before = await kit.queue.now()

      await kit.queue.shiftClock(3_600_000)

      const after = await kit.queue.now()
      expect(after).toBeGreaterThanOrEqual(before + 3_600_000)
      expect(await kit.queue.now()).toBeGreaterThanOrEqual(after)
    }),
  ],
}
