import type { FailureRecord, OnError } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitCase, type KitGroup } from '../kit-case.ts'
import type { KitContext } from '../kit-context.ts'
import { argumentsOf, idsOf, inline, present } from '../session/claimed.ts'
import type { KitSession } from '../session/kit-session.ts'
import { job, order, value } from '../session/sample-job.ts'
import { success } from '../session/sample-settlement.ts'
import { jobIn } from './job-in-state.ts'

/** What an edge means at the time its job is enqueued, by the state of the job it names. */
export const edgeStateCases: KitGroup = {
  name: 'edges on jobs that are there, ended or unknown',
  cases: [
    behaviour('refuses an argument from an unknown job', async (kit) => {
      const session = await kit.producer()

      const answers = await session.enqueue(job('b', { edges: [value('nobody')] }))

      expect(answers).toEqual([{ code: 'no-such-job', about: 'nobody' }])
      expect(await kit.state('b')).toBeUndefined()
    }),
    behaviour('takes an unknown job for one that is done, for order alone [RQ-49]', async (kit) => {
      const session = await kit.producer()

      await session.put(job('b', { edges: [order('nobody')] }))

      expect(await kit.state('b')).toBe('enqueued')
    }),
    behaviour('refuses an argument from a job that keeps no result', async (kit) => {
      const session = await kit.producer()
      await session.put(job('quiet', { ignoreResult: true }))

      const answers = await session.enqueue(job('b', { edges: [value('quiet')] }))

      expect(answers).toEqual([{ code: 'result-ignored', about: 'quiet' }])
    }),
    behaviour('waits for the order of a job that keeps no result until it succeeds and is gone', async (kit) => {
      const session = await kit.session()
      await session.put(job('quiet', { ignoreResult: true }), job('b', { edges: [order('quiet')] }))
      const before = await kit.state('b')

      await session.finish('quiet')

      expect([before, await kit.state('b'), await kit.state('quiet')]).toEqual(['deferred', 'enqueued', undefined])
    }),
    behaviour('fills an argument with a result that is there [WQ-32]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.finish('a', '"of a"')

      await session.put(job('b', { edges: [value('a')] }))

      const reply = await session.claim()
      expect(idsOf(reply.jobs)).toEqual(['b'])
      expect(argumentsOf(reply)).toEqual([inline('"of a"')])
    }),
    behaviour('refuses an argument whose result was dropped at once', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { resultTtlMs: 0 }))
      await session.finish('a')

      const answers = await session.enqueue(job('b', { edges: [value('a')] }))

      expect(answers).toEqual([{ code: 'task-expired', about: 'a' }])
    }),
    behaviour('refuses an argument whose result is past its life, though no sweep has been by [G14]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { resultTtlMs: 60_000 }))
      await session.finish('a')
      await kit.queue.shiftClock(61_000)

      const answers = await session.enqueue(job('b', { edges: [value('a')] }))

      expect(answers).toEqual([{ code: 'task-expired', about: 'a' }])
    }),
    behaviour('takes a job that succeeded for done, for order alone, even if its result was dropped', async (kit) => {
      const session = await kit.session()
      await session.put(job('kept'), job('dropped', { resultTtlMs: 0 }))
      await session.finish('kept')
      await session.finish('dropped')

      await session.put(job('b', { edges: [order('kept'), order('dropped')] }))

      expect(await kit.state('b')).toBe('enqueued')
    }),
    ...(['failed', 'canceled'] as const).flatMap(onEnded),
    behaviour('waits for a job that has not ended, whatever its state', async (kit) => {
      const session = await kit.session()
      await session.put(job('runs'), job('waits'), job('later', { delayMs: 60_000 }))
      await session.takeOne()

      await session.put(
        ...['runs', 'waits', 'later'].flatMap((on) => [
          job(`value of ${on}`, { edges: [value(on)] }),
          job(`after ${on}`, { edges: [order(on)] }),
        ]),
      )

      const counts = await kit.queue.counts('default')
      expect(counts.get('default')).toMatchObject({ deferred: 6 })
    }),
    behaviour('refuses an edge of a job on itself', async (kit) => {
      const session = await kit.producer()

      const answers = await session.enqueue(job('a', { edges: [order('a')] }), job('b', { edges: [value('b')] }))

      expect(answers).toEqual([
        { code: 'dependency-cycle', about: 'a' },
        { code: 'dependency-cycle', about: 'b' },
      ])
      expect(await kit.states('a', 'b')).toEqual({ a: undefined, b: undefined })
    }),
    behaviour('lets a job wait for another that waits for a third', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }), job('c', { edges: [value('b')] }))

      await session.settle(success(await session.takeOne(), '"1"'))
      const state = await kit.state('c')
      await session.finish('b', '"2"')

      expect(state).toBe('deferred')
      expect(argumentsOf(await session.claim(), 'c')).toEqual([inline('"2"')])
    }),
  ],
}

/** Edges of each kind and policy on a job that ended badly. */
function onEnded(ended: 'failed' | 'canceled'): KitCase[] {
  const arrange = async (kit: KitContext, kind: 'value' | 'order', onError: OnError): Promise<KitSession> => {
    const session = await kit.session()
    await jobIn(session, ended)
    await session.put(job('b', { edges: [{ kind, on: 'a', onError }] }))
    return session
  }
  const failureOfA = async (kit: KitContext): Promise<FailureRecord> =>
    present((await kit.record('a')).failure, 'the failure of a')
  const each = (['value', 'order'] as const).flatMap((kind) => [
    behaviour(
      `fails at once with its failure for a ${kind} edge on a ${ended} job that says fail [WQ-33]`,
      async (kit) => {
        await arrange(kit, kind, 'fail')

        const record = await kit.record('b')
        expect(record).toMatchObject({ state: 'failed', kind: 'dependency-failed' })
        expect(record.failure).toEqual(await failureOfA(kit))
      },
    ),
    behaviour(`waits with a ${kind} edge on a ${ended} job that says wait`, async (kit) => {
      await arrange(kit, kind, 'wait')

      expect(await kit.record('b')).toMatchObject({ state: 'deferred', unmet: [{ kind, on: 'a', onError: 'wait' }] })
    }),
  ])
  return [
    ...each,
    behaviour(`fills an argument with the failure of a ${ended} job where its edge says pass [WQ-34]`, async (kit) => {
      const session = await arrange(kit, 'value', 'pass')

      expect(argumentsOf(await session.claim(), 'b')).toEqual([{ kind: 'failure', failure: await failureOfA(kit) }])
    }),
    behaviour(`takes a ${ended} job for done where its order edge says pass`, async (kit) => {
      const session = await arrange(kit, 'order', 'pass')

      const reply = await session.claim()
      expect(idsOf(reply.jobs)).toEqual(['b'])
      expect(argumentsOf(reply)).toEqual([])
    }),
  ]
}
