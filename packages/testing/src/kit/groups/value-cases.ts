import { INLINE_VALUE_BYTES } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { argumentsOf, inline, jobOf } from '../session/claimed.ts'
import { job, jobs, value } from '../session/sample-job.ts'
import { failure, failureOf, forward, giveBack, retry, success } from '../session/sample-settlement.ts'

/** The table of argument values in a claim reply, and values too large for it. */
export const valueCases: KitGroup = {
  name: 'argument values',
  cases: [
    behaviour('carries each value once, whoever needs it', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), ...jobs('d', 3, { edges: [value('a'), value('b'), value('a')] }))
      await session.finish('a', '"a"')
      await session.finish('b', '"b"')

      const reply = await session.claim({ slots: 5 })

      expect(reply.values).toHaveLength(2)
      expect(reply.values).toEqual(expect.arrayContaining([inline('"a"'), inline('"b"')]))
      for (const each of reply.jobs) {
        expect(argumentsOf(reply, each.id)).toEqual([inline('"a"'), inline('"b"'), inline('"a"')])
      }
    }),
    behaviour('carries equal results of two jobs as two values, or one: each argument is right', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('d', { edges: [value('a'), value('b')] }))
      await session.finish('a', '"same"')
      await session.finish('b', '"same"')

      expect(argumentsOf(await session.claim(), 'd')).toEqual([inline('"same"'), inline('"same"')])
    }),
    behaviour('carries a failure once that is passed to several jobs', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), ...jobs('d', 3, { edges: [value('a', 'pass')] }))
      const held = await session.takeOne()
      await session.settle(failure(held))

      const reply = await session.claim({ slots: 3 })

      expect(reply.values).toEqual([{ kind: 'failure', failure: failureOf(held) }])
    }),
    behaviour('carries the result of a forwarded job and of its target as one value', async (kit) => {
      const session = await kit.session()
      await session.put(job('asks'), job('answers'))
      await session.put(job('d1', { edges: [value('asks')] }), job('d2', { edges: [value('answers')] }))
      await session.settle(forward(await session.takeOne(), 'answers'))
      await session.finish('answers', '"one"')

      const reply = await session.claim({ slots: 2 })

      expect(reply.jobs).toHaveLength(2)
      expect(reply.values).toEqual([inline('"one"')])
      expect(argumentsOf(reply, 'd1')).toEqual(argumentsOf(reply, 'd2'))
    }),
    behaviour('carries a value of the largest size inline, and a larger one by name', async (kit) => {
      const session = await kit.session()
      const [fits, exceeds] = ['x'.repeat(INLINE_VALUE_BYTES), 'x'.repeat(INLINE_VALUE_BYTES + 1)]
      await session.put(job('fits'), job('exceeds'), job('d', { edges: [value('fits'), value('exceeds')] }))
      await session.finish('fits', fits)
      await session.finish('exceeds', exceeds)

      const values = argumentsOf(await session.claim(), 'd')

      expect(values[0]).toEqual(inline(fits))
      const ref = { id: 'exceeds', series: 1 }
      expect(values[1]).toEqual({ kind: 'large', ref, size: INLINE_VALUE_BYTES + 1 })
    }),
    behaviour('measures a value in bytes of UTF-8', async (kit) => {
      const session = await kit.session()
      const text = '€'.repeat(INLINE_VALUE_BYTES / 2)
      await session.put(job('a'), job('d', { edges: [value('a')] }))
      await session.finish('a', text)

      const [found] = argumentsOf(await session.claim(), 'd')

      expect(found).toMatchObject({ kind: 'large', size: (INLINE_VALUE_BYTES / 2) * 3 })
    }),
    behaviour('carries bytes by their own size', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('d', { edges: [value('a')] }))
      await session.finish('a', new Uint8Array(INLINE_VALUE_BYTES + 1))

      const [found] = argumentsOf(await session.claim(), 'd')

      expect(found).toMatchObject({ kind: 'large', size: INLINE_VALUE_BYTES + 1 })
    }),
    behaviour('names a large value once, whoever needs it', async (kit) => {
      const session = await kit.session()
      await session.put(
        job('asks'),
        job('a'),
        job('d1', { edges: [value('asks')] }),
        job('d2', { edges: [value('a')] }),
      )
      await session.settle(forward(await session.takeOne(), 'a'))
      await session.finish('a', 'x'.repeat(INLINE_VALUE_BYTES * 2))

      const reply = await session.claim({ slots: 2 })

      expect(reply.jobs).toHaveLength(2)
      expect(reply.values).toEqual([{ kind: 'large', ref: { id: 'a', series: 1 }, size: INLINE_VALUE_BYTES * 2 }])
    }),
    behaviour('does not count a large value against the bytes of a reply', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), ...jobs('d', 2, { edges: [value('a')], input: '1' }))
      await session.finish('a', 'x'.repeat(INLINE_VALUE_BYTES * 2))

      expect(await session.take(2, { bytes: 1000 })).toHaveLength(2)
    }),
    behaviour('keeps argument values for the next attempt, though their life is over', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { resultTtlMs: 1000 }), job('b', { edges: [value('a')] }))
      await session.finish('a', '"kept"')
      await session.settle(retry(await session.takeOne(), 30_000))
      await kit.advance(61_000)

      const reply = await session.claim()

      expect(jobOf(reply).attempt).toBe(2)
      expect(argumentsOf(reply, 'b')).toEqual([inline('"kept"')])
    }),
    behaviour('keeps argument values of a job that was given back', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { resultTtlMs: 0 }), job('b', { edges: [value('a')] }))
      await session.finish('a', '"kept"')
      await session.settle(giveBack(await session.takeOne()))
      await kit.advance(10_000)

      expect(argumentsOf(await session.claim(), 'b')).toEqual([inline('"kept"')])
    }),
    behaviour('keeps argument values for a dependent when the record of their job is removed', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }))
      await session.finish('a', '"kept"')

      await session.control({ kind: 'remove', id: 'a' })

      expect(argumentsOf(await session.claim(), 'b')).toEqual([inline('"kept"')])
    }),
    behaviour('keeps a removed value for its dependent when the id is taken again and succeeds', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }))
      await session.finish('a', '"old"')
      await session.control({ kind: 'remove', id: 'a' })

      await session.put(job('a', { priority: 1 }))
      await session.finish('a', '"new"')

      expect(argumentsOf(await session.claim(), 'b')).toEqual([inline('"old"')])
    }),
    behaviour('hands the values of jobs over that are claimed in the step that settles what they need', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }))
      const held = await session.takeOne()

      const { claim } = await session.settleAndClaim([success(held, '"fresh"')])

      expect(argumentsOf(claim ?? expect.fail('a claim was asked for'), 'b')).toEqual([inline('"fresh"')])
    }),
  ],
}
