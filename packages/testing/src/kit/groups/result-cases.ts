import { DEFAULT_RESULT_TTL_MS, RECORD_COUNT, RECORD_TTL_MS } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import type { KitContext } from '../kit-context.ts'
import { argumentsOf, inline } from '../session/claimed.ts'
import { job, jobs, value } from '../session/sample-job.ts'
import { failure, success } from '../session/sample-settlement.ts'
import { cancel } from './cancel-cases.ts'

/** How long results and records are kept. */
export const resultCases: KitGroup = {
  name: 'results and retention',
  cases: [
    behaviour('keeps a result for an hour where nobody says otherwise [WQ-27]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      await session.finish('a')

      const record = await kit.record('a')
      expect(record.resultUntil).toBe((record.endedAt ?? 0) + DEFAULT_RESULT_TTL_MS)
    }),
    behaviour('keeps a result as long as its settlement says [WQ-27]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      await session.finish('a', '1', 5000)

      const record = await kit.record('a')
      expect(record.resultUntil).toBe((record.endedAt ?? 0) + 5000)
    }),
    behaviour('keeps a result as long as its job says, whatever the settlement does [WQ-27]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { resultTtlMs: 70_000 }))

      await session.finish('a', '1', 5000)

      const record = await kit.record('a')
      expect(record.resultUntil).toBe((record.endedAt ?? 0) + 70_000)
    }),
    behaviour('takes a result for gone that is past its life, though no sweep has been by', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { resultTtlMs: 60_000 }))
      await session.finish('a', '"short"')
      await kit.queue.shiftClock(50_000)
      const within = await kit.valueOf('a')

      await kit.queue.shiftClock(11_000)

      expect(within).toBe('"short"')
      expect(await kit.valueOf('a')).toBeUndefined()
      expect(await kit.state('a')).toBe('success')
    }),
    behaviour('drops a result at once whose life is 0', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { resultTtlMs: 0 }), job('b'))

      await session.finish('a')
      await session.finish('b', '1', 0)

      expect([await kit.valueOf('a'), await kit.valueOf('b')]).toEqual([undefined, undefined])
      expect(await kit.states('a', 'b')).toEqual({ a: 'success', b: 'success' })
    }),
    behaviour('keeps a result for ever whose life has no end', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { resultTtlMs: Number.POSITIVE_INFINITY }))
      await session.finish('a', '"for ever"')
      await session.end()

      await kit.advance(RECORD_TTL_MS * 3)

      expect(await kit.valueOf('a')).toBe('"for ever"')
      expect(await kit.record('a')).toMatchObject({ state: 'success', resultUntil: Number.POSITIVE_INFINITY })
    }),
    behaviour('keeps a result past its life for a dependent that has not run [G13]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { resultTtlMs: 10_000 }), job('b', { edges: [value('a')] }))
      await session.finish('a', '"pinned"')

      await kit.advance(100_000)

      expect(argumentsOf(await session.claim(), 'b')).toEqual([inline('"pinned"')])
    }),
    behaviour('keeps a result past its life for a dependent that waits for another job yet [G13]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { resultTtlMs: 0 }), job('b'), job('sum', { edges: [value('a'), value('b')] }))
      await session.finish('a', '"early"')
      await kit.advance(100_000)

      await session.finish('b', '"late"')

      expect(argumentsOf(await session.claim(), 'sum')).toEqual([inline('"early"'), inline('"late"')])
    }),
    behaviour('refuses new dependents of a result that is past its life, though another job has it', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { resultTtlMs: 10_000 }), job('has', { edges: [value('a')] }))
      await session.finish('a')
      await kit.advance(20_000)

      expect(await session.enqueue(job('late', { edges: [value('a')] }))).toEqual([
        { code: 'task-expired', about: 'a' },
      ])
    }),
    behaviour('drops a pinned result when its dependent was canceled', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { resultTtlMs: 10_000 }), job('b', { edges: [value('a')] }))
      await session.finish('a')
      await kit.advance(20_000)

      await session.control(cancel(['b']))
      await kit.sweepAll()

      expect(await kit.valueOf('a')).toBeUndefined()
    }),
    behaviour('forgets jobs that succeeded or were canceled after seven days', async (kit) => {
      await threeEnds(kit)

      await kit.advance(RECORD_TTL_MS - 60_000)
      const within = await kit.states('good', 'gone')
      await kit.advance(360_000)

      expect(within).toEqual({ good: 'success', gone: 'canceled' })
      expect(await kit.states('good', 'gone')).toEqual({ good: undefined, gone: undefined })
    }),
    behaviour('keeps failed jobs until they are removed', async (kit) => {
      await threeEnds(kit)

      await kit.advance(RECORD_TTL_MS * 10)

      expect(await kit.state('bad')).toBe('failed')
    }),
    behaviour('does not count jobs that it forgot, and frees their ids', async (kit) => {
      await threeEnds(kit)
      await kit.advance(RECORD_TTL_MS + 300_000)

      const counts = (await kit.queue.counts()).get('default')
      expect(counts).toMatchObject({ success: 0, canceled: 0, failed: 1 })
      const session = await kit.producer()
      await session.put(job('good'))
    }),
    behaviour('forgets the oldest jobs beyond 50,000, but none whose result is still kept', async (kit) => {
      const session = await kit.session()
      await session.put(job('kept'), job('dropped', { resultTtlMs: 0 }))
      await session.finish('kept')
      await session.finish('dropped')
      const more = 40

      for (let count = 0; count < RECORD_COUNT + more; count += 250) {
        const some = Math.min(250, RECORD_COUNT + more - count)
        await session.put(...jobs(`${count}-`, some))
      }
      await session.control({ kind: 'drain', queue: 'default' })
      await kit.sweepAll()

      expect(await kit.states('kept', 'dropped')).toEqual({ kept: 'success', dropped: undefined })
      expect((await kit.queue.counts()).get('default')).toMatchObject({ success: 1, enqueued: 0 })
      const { canceled } = (await kit.queue.counts()).get('default') ?? expect.fail('there are counts')
      expect(canceled).toBeGreaterThanOrEqual(RECORD_COUNT - 1)
      expect(canceled).toBeLessThanOrEqual(RECORD_COUNT)
    }),
  ],
}

/** One job of each end, and nobody who holds a lease. */
async function threeEnds(kit: KitContext): Promise<void> {
  const session = await kit.session()
  await session.put(job('good'), job('bad'), job('gone'))
  await session.settle(success(await session.takeOne(), '1', 1000))
  await session.settle(failure(await session.takeOne()))
  await session.control(cancel(['gone']))
  await session.end()
}
