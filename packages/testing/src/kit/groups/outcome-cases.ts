import { PUSHED_VALUE_BYTES } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import type { KitContext } from '../kit-context.ts'
import { job, value } from '../session/sample-job.ts'
import { failure, failureOf, forward, retry, success } from '../session/sample-settlement.ts'
import { cancel } from './cancel-cases.ts'

/** How those who wait learn how a job ended. */
export const outcomeCases: KitGroup = {
  name: 'outcomes',
  cases: [
    behaviour('tells the session that enqueued a job with reply how it ended', async (kit) => {
      const [asking, working] = [await kit.producer(), await kit.session()]
      const hearing = await kit.listen(asking)
      await asking.put(job('a', { reply: true }))

      await working.finish('a', '"answer"')

      expect(await hearing.outcome('a')).toEqual({ id: 'a', state: 'success', value: '"answer"' })
    }),
    behaviour('tells a session that watches a job how it ended', async (kit) => {
      const [watching, working] = [await kit.producer(), await kit.session()]
      await working.put(job('a'))
      const hearing = await kit.listen(watching)
      await hearing.watch('a')

      await working.finish('a', '"answer"')

      expect(await hearing.outcome('a')).toEqual({ id: 'a', state: 'success', value: '"answer"' })
    }),
    behaviour('tells at once of jobs that have ended when they are watched', async (kit) => {
      const session = await kit.session()
      await session.put(job('good'), job('bad'), job('gone'))
      await session.finish('good', '"1"')
      const bad = await session.takeOne()
      await session.settle(failure(bad))
      await session.control(cancel(['gone']))
      const hearing = await kit.listen(session)

      await hearing.watch('good', 'bad', 'gone')

      expect(await hearing.outcome('good')).toEqual({ id: 'good', state: 'success', value: '"1"' })
      expect(await hearing.outcome('bad')).toEqual({ id: 'bad', state: 'failed', failure: failureOf(bad) })
      const why = (await kit.record('gone')).failure
      expect(await hearing.outcome('gone')).toEqual({ id: 'gone', state: 'canceled', failure: why })
    }),
    behaviour('tells of a failure, and of a job that fails with it', async (kit) => {
      const [asking, working] = [await kit.producer(), await kit.session()]
      const hearing = await kit.listen(asking)
      await asking.put(job('a', { reply: true }), job('b', { edges: [value('a')], reply: true }))
      const held = await working.takeOne()

      await working.settle(failure(held))

      expect(await hearing.outcome('a')).toEqual({ id: 'a', state: 'failed', failure: failureOf(held) })
      expect(await hearing.outcome('b')).toEqual({ id: 'b', state: 'failed', failure: failureOf(held) })
    }),
    behaviour('tells of a job that fails as soon as it is stored', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      await session.settle(failure(held))
      const hearing = await kit.listen(session)

      await session.put(job('b', { edges: [value('a')], reply: true }))

      expect(await hearing.outcome('b')).toEqual({ id: 'b', state: 'failed', failure: failureOf(held) })
    }),
    behaviour('tells of a canceled job', async (kit) => {
      const session = await kit.producer()
      const hearing = await kit.listen(session)
      await session.put(job('a', { reply: true }))

      await session.control(cancel(['a']))

      expect(await hearing.outcome('a')).toMatchObject({ id: 'a', state: 'canceled', failure: { kind: 'canceled' } })
    }),
    behaviour(
      'says gone of an unknown job, and of one whose result was dropped or is past its life [G14]',
      async (kit) => {
        const session = await kit.session()
        await session.put(job('dropped', { resultTtlMs: 0 }), job('old', { resultTtlMs: 10_000 }))
        await session.finish('dropped')
        await session.finish('old')
        await kit.queue.shiftClock(11_000)
        const hearing = await kit.listen(session)

        await hearing.watch('nobody', 'dropped', 'old')

        for (const id of ['nobody', 'dropped', 'old']) {
          expect(await hearing.outcome(id)).toEqual({ id, state: 'gone' })
        }
      },
    ),
    behaviour('says ignored of a job that keeps no result when it succeeds', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { ignoreResult: true }))
      const hearing = await kit.listen(session)
      await hearing.watch('a')

      await session.finish('a')

      const { state } = await hearing.outcome('a')
      // Whoever missed it finds no such job any more.
      expect(state).toBe(hearing.wasInterrupted ? 'gone' : 'ignored')
    }),
    behaviour('tells of the failure of a job that keeps no result', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { ignoreResult: true }))
      const hearing = await kit.listen(session)
      await hearing.watch('a')

      await session.settle(failure(await session.takeOne()))

      expect(await hearing.outcome('a')).toMatchObject({ state: 'failed' })
    }),
    behaviour('pushes a value of the largest size, and names a larger one', async (kit) => {
      const session = await kit.session()
      const hearing = await kit.listen(session)
      const [fits, exceeds] = ['x'.repeat(PUSHED_VALUE_BYTES), '€'.repeat(PUSHED_VALUE_BYTES / 2)]
      await session.put(job('fits', { reply: true }), job('exceeds', { reply: true }))

      await session.finish('fits', fits)
      await session.finish('exceeds', exceeds)

      expect(await hearing.outcome('fits')).toEqual({ id: 'fits', state: 'success', value: fits })
      const large = { id: 'exceeds', series: 1 }
      const size = (PUSHED_VALUE_BYTES / 2) * 3
      expect(await hearing.outcome('exceeds')).toEqual({ id: 'exceeds', state: 'success', large, size })
    }),
    behaviour('names a large value of a job that forwarded by the job that has it', async (kit) => {
      const session = await kit.session()
      const hearing = await kit.listen(session)
      await session.put(job('asks', { reply: true }), job('answers'))
      await session.settle(forward(await session.takeOne(), 'answers'))
      const text = 'x'.repeat(PUSHED_VALUE_BYTES + 1)

      await session.finish('answers', text)

      const outcome = await hearing.outcome('asks')
      if (outcome.state !== 'success' || !('large' in outcome)) expect.fail('the value is large')
      expect(await kit.valueOf(outcome.large.id, outcome.large.series)).toBe(text)
    }),
    behaviour('says nothing of a job that is retried until it has ended', async (kit) => {
      const session = await kit.session()
      const hearing = await kit.listen(session)
      await session.put(job('a', { reply: true }), job('fence', { reply: true, priority: -1 }))

      await session.settle(retry(await session.takeOne(), 0))
      await session.finish('a', '"2"')
      await session.finish('fence')
      await hearing.outcome('fence')

      expect(await hearing.outcome('a')).toEqual({ id: 'a', state: 'success', value: '"2"' })
      expect(hearing.heard('a')).toHaveLength(1)
    }),
    behaviour('tells an outcome once, though the job was enqueued with reply and is watched', async (kit) => {
      const session = await kit.session()
      const hearing = await kit.listen(session)
      await session.put(job('a', { reply: true }), job('fence', { reply: true }))
      await hearing.watch('a')
      await hearing.watch('a')

      await session.finish('a')
      await session.finish('fence')
      await hearing.outcome('fence')

      await hearing.outcome('a')
      expect(hearing.heard('a')).toHaveLength(1)
    }),
    behaviour('tells the outcome of each series of a job', async (kit) => {
      const session = await kit.session()
      const hearing = await kit.listen(session)
      await session.put(job('a', { reply: true }))
      await session.finish('a', '"1"')
      await hearing.outcome('a')

      await session.put(job('a', { reply: true, reuseEnded: true }))
      await session.finish('a', '"2"')

      expect(await hearing.outcome('a', 2)).toEqual({ id: 'a', state: 'success', value: '"2"' })
    }),
    behaviour('tells the result before it drops it, whose life is 0', (kit) => tellsOnce(kit, '"once"')),
    behaviour('tells a large result whole before it drops it, whose life is 0', (kit) =>
      tellsOnce(kit, 'x'.repeat(PUSHED_VALUE_BYTES + 1)),
    ),
  ],
}

async function tellsOnce(kit: KitContext, value: string): Promise<void> {
  const session = await kit.session()
  const hearing = await kit.listen(session)
  await session.put(job('a', { reply: true, resultTtlMs: 0 }))

  await session.settle(success(await session.takeOne(), value))

  const outcome = await hearing.outcome('a')
  // Whoever missed it finds it dropped.
  expect(outcome).toEqual(hearing.wasInterrupted ? { id: 'a', state: 'gone' } : { id: 'a', state: 'success', value })
}
