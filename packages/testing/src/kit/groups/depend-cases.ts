import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { idsOf, present } from '../session/claimed.ts'
import { job, order, value } from '../session/sample-job.ts'
import { failure } from '../session/sample-settlement.ts'
import { JOB_STATES, jobIn } from './job-in-state.ts'

const NOT_DEFERRED = JOB_STATES.filter((state) => state !== 'deferred')

/** Edges added to and taken from a job that waits. */
export const dependCases: KitGroup = {
  name: 'depend and undepend',
  cases: [
    behaviour('makes a waiting job wait for one more [RQ-48]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('c', { edges: [order('a')] }))

      const answers = await session.control({ kind: 'depend', id: 'c', edges: [order('b')] })
      await session.finish('a')
      const between = await kit.state('c')
      await session.finish('b')

      expect(answers).toEqual([{ code: 'ok', count: 1 }])
      expect([between, await kit.state('c')]).toEqual(['deferred', 'enqueued'])
    }),
    behaviour('adds nothing for a job that is unknown or has succeeded [RQ-48]', async (kit) => {
      const session = await kit.session()
      await session.put(job('done'), job('a'), job('b', { edges: [order('a')] }))
      await session.finish('done')

      const answers = await session.control({ kind: 'depend', id: 'b', edges: [order('done'), order('nobody')] })

      expect(answers).toEqual([{ code: 'ok', count: 0 }])
      expect((await kit.record('b')).unmet).toMatchObject([{ on: 'a' }])
    }),
    behaviour('applies the policy of a new edge on a failed job at once', async (kit) => {
      const session = await kit.session()
      await session.put(job('bad'), job('a'))
      await session.settle(failure(await session.takeOne()))
      const policies = ['fail', 'pass', 'wait'] as const
      await session.put(...policies.map((each) => job(each, { edges: [order('a')] })))

      await session.control(
        ...policies.map((each) => ({ kind: 'depend' as const, id: each, edges: [order('bad', each)] })),
      )
      await kit.sweepAll()

      expect(await kit.states('fail', 'pass', 'wait')).toEqual({ fail: 'failed', pass: 'deferred', wait: 'deferred' })
      expect((await kit.record('fail')).failure).toEqual(present((await kit.record('bad')).failure, 'the failure'))
      await session.finish('a')
      expect(await kit.states('pass', 'wait')).toEqual({ pass: 'enqueued', wait: 'deferred' })
    }),
    ...NOT_DEFERRED.map((state) =>
      behaviour(`refuses new edges and the removal of edges for a job that is ${state} [RQ-48]`, async (kit) => {
        const session = await kit.session()
        await jobIn(session, state)
        await session.put(job('other'))

        const answers = await session.control(
          { kind: 'depend', id: 'a', edges: [order('other')] },
          { kind: 'undepend', id: 'a', on: 'all' },
        )

        expect(answers).toEqual([
          { code: 'invalid-state', state },
          { code: 'invalid-state', state },
        ])
        expect(await kit.state('a')).toBe(state)
      }),
    ),
    behaviour('removes one edge of a waiting job [RQ-48]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('c', { edges: [order('a'), order('b')] }))

      const answers = await session.control({ kind: 'undepend', id: 'c', on: ['a'] })

      expect(answers).toEqual([{ code: 'ok', count: 1 }])
      expect((await kit.record('c')).unmet).toMatchObject([{ on: 'b' }])
      expect(await kit.record('a')).toMatchObject({ dependentCount: 0 })
    }),
    behaviour('releases a job whose last edge was removed [RQ-48]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('c', { edges: [order('a'), order('b')] }))

      await session.control({ kind: 'undepend', id: 'c', on: ['a', 'b'] })

      expect(await kit.state('c')).toBe('enqueued')
      expect(idsOf(await session.take(3))).toEqual(['a', 'b', 'c'])
    }),
    behaviour('removes all order edges of a job, and leaves those for arguments', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('c', { edges: [order('a'), value('b'), order('b')] }))

      await session.control({ kind: 'undepend', id: 'c', on: 'all' }, { kind: 'undepend', id: 'c', on: ['b'] })

      expect(await kit.record('c')).toMatchObject({ state: 'deferred', unmet: [{ kind: 'value', on: 'b' }] })
      expect((await kit.record('c')).unmet).toHaveLength(1)
    }),
    behaviour('removes nothing where there is no such edge', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('c', { edges: [order('a')] }))

      const answers = await session.control({ kind: 'undepend', id: 'c', on: ['b', 'nobody'] })

      expect(answers).toEqual([{ code: 'ok', count: 0 }])
      expect(await kit.state('c')).toBe('deferred')
    }),
    behaviour('honours a remembered delay when the last edge is removed by hand', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [order('a')], delayMs: 60_000 }))

      await session.control({ kind: 'undepend', id: 'b', on: 'all' })

      expect(await kit.state('b')).toBe('scheduled')
    }),
    behaviour('releases a job that goes on waiting for a failed one when that edge is removed', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [order('a', 'wait')] }))
      await session.settle(failure(await session.takeOne()))

      await session.control({ kind: 'undepend', id: 'b', on: ['a'] })

      expect(await kit.state('b')).toBe('enqueued')
    }),
  ],
}
