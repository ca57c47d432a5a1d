import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { argumentsOf, inline } from '../session/claimed.ts'
import { job, value } from '../session/sample-job.ts'
import { ENDED_STATES, JOB_STATES, jobIn } from './job-in-state.ts'

/** What is answered when the id of a new job is taken. */
export const duplicateCases: KitGroup = {
  name: 'duplicate ids',
  cases: [
    ...JOB_STATES.map((state) =>
      behaviour(`refuses the id of a job that is ${state} [WQ-23]`, async (kit) => {
        const session = await kit.session()
        await jobIn(session, state)
        const before = await kit.record('a')

        const answers = await session.enqueue(job('a', { input: '"other"' }))

        expect(answers).toEqual([{ code: 'duplicate' }])
        expect(await kit.record('a')).toEqual(before)
      }),
    ),
    ...JOB_STATES.map((state) =>
      behaviour(`adopts a job that is ${state} where the new one is to return it`, async (kit) => {
        const session = await kit.session()
        await jobIn(session, state)
        const before = await kit.record('a')

        const answers = await session.enqueue(job('a', { onDuplicate: 'return', input: '"other"' }))

        expect(answers).toEqual(['existing'])
        expect(await kit.record('a')).toEqual(before)
      }),
    ),
    behaviour('does not adopt a job of another task', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'))

      const answers = await session.enqueue(job('a', { task: 'other', onDuplicate: 'return' }))

      expect(answers).toEqual([{ code: 'duplicate' }])
    }),
    behaviour('stores a job that is to return or replace another where there is none', async (kit) => {
      const session = await kit.producer()

      await session.put(job('a', { onDuplicate: 'return' }), job('b', { onDuplicate: 'replace' }))

      expect(await kit.record('b')).toMatchObject({ state: 'enqueued', series: 1 })
      expect(await kit.state('a')).toBe('enqueued')
    }),
    behaviour('takes ids for the whole namespace, whatever the queue [RQ-05]', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a', { queue: 'one' }))

      expect(await session.enqueue(job('a', { queue: 'two' }))).toEqual([{ code: 'duplicate' }])
    }),
    behaviour('refuses the second of two items with one id in one call', async (kit) => {
      const session = await kit.session()

      const answers = await session.enqueue(job('a', { input: '"1"' }), job('a', { input: '"2"' }))

      expect(answers).toEqual(['ok', { code: 'duplicate' }])
      expect((await session.takeOne()).input).toBe('"1"')
    }),
    behaviour('frees the id of a job that keeps no result as soon as it succeeds [WQ-24]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { ignoreResult: true }))
      await session.finish('a')

      await session.put(job('a'))

      expect(await kit.record('a')).toMatchObject({ state: 'enqueued', series: 1 })
    }),
    behaviour(
      'keeps the id of a job taken after its result is gone, as long as there is a record [WQ-23]',
      async (kit) => {
        const session = await kit.session()
        await session.put(job('a', { resultTtlMs: 0 }))
        await session.finish('a')

        expect(await session.enqueue(job('a'))).toEqual([{ code: 'duplicate' }])
      },
    ),
    ...ENDED_STATES.map((state) =>
      behaviour(`takes the id of a job that is ${state} as free where it may be reused [WQ-23]`, async (kit) => {
        const session = await kit.session()
        await jobIn(session, state, { priority: 5, tags: ['old'], meta: '{}' })

        await session.put(job('a', { reuseEnded: true, input: '"new"' }))

        const record = await kit.record('a')
        expect(record).toMatchObject({ state: 'enqueued', series: 2, priority: 0, tags: [], input: '"new"' })
        expect(record).toMatchObject({ attempt: 0, failures: 0, crashes: 0 })
        expect([record.meta, record.failure, record.endedAt, record.resultUntil]).toEqual([
          undefined,
          undefined,
          undefined,
          undefined,
        ])
        expect(await kit.valueOf('a', 2)).toBeUndefined()
      }),
    ),
    behaviour('does not reuse the id of a job that has not ended', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'))

      const answers = await session.enqueue(
        job('a', { reuseEnded: true }),
        job('a', { reuseEnded: true, onDuplicate: 'return' }),
      )

      expect(answers).toEqual([{ code: 'duplicate' }, 'existing'])
    }),
    behaviour('starts an ended job over rather than return it, where its id may be reused', async (kit) => {
      const session = await kit.session()
      await jobIn(session, 'success')

      await session.put(job('a', { reuseEnded: true, onDuplicate: 'return' }))

      expect(await kit.record('a')).toMatchObject({ state: 'enqueued', series: 2 })
    }),
    behaviour('hands out a higher token after an id is reused [G5]', async (kit) => {
      const session = await kit.session()
      const tokens: number[] = []

      for (const reuseEnded of [false, true, true]) {
        await session.put(job('a', { reuseEnded }))
        tokens.push((await session.finish('a')).token)
      }

      expect(tokens).toEqual([...new Set(tokens)].sort((left, right) => left - right))
    }),
    behaviour('leaves the result of the series before with the jobs that hold it', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.finish('a', '"old"')
      await session.put(job('holds', { edges: [value('a')] }))

      await session.put(job('a', { reuseEnded: true, priority: 1 }))
      await session.finish('a', '"new"')

      expect(argumentsOf(await session.claim())).toEqual([inline('"old"')])
    }),
    behaviour('gives the result of the newest series to the jobs that come after it', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.finish('a', '"old"')
      await session.put(job('a', { reuseEnded: true }))
      await session.finish('a', '"new"')

      await session.put(job('b', { edges: [value('a')] }))

      expect(argumentsOf(await session.claim())).toEqual([inline('"new"')])
    }),
  ],
}
