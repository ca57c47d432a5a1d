import { RECORD_TTL_MS } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { argumentsOf, present } from '../session/claimed.ts'
import { job, order, value } from '../session/sample-job.ts'
import { failure, failureOf } from '../session/sample-settlement.ts'
import { cancel } from './cancel-cases.ts'

const POLICIES = ['fail', 'pass', 'wait'] as const

/** What becomes of jobs that wait for something which cannot come any more. */
export const cornerCases: KitGroup = {
  name: 'corners',
  cases: [
    behaviour(
      'tells jobs that need an argument of one replaced by one without a result that it expired',
      async (kit) => {
        const session = await kit.session()
        await session.put(job('a'), ...POLICIES.map((each) => job(each, { edges: [value('a', each)] })))
        await session.put(job('a', { onDuplicate: 'replace', ignoreResult: true }))

        await session.finish('a', '"ignored"')
        await kit.sweepAll()

        expect(await kit.states(...POLICIES)).toEqual({ fail: 'failed', pass: 'enqueued', wait: 'failed' })
        const expired = { kind: 'expired', code: 'TASK_EXPIRED', id: 'a' }
        expect(await kit.record('fail')).toMatchObject({ kind: 'dependency-failed', failure: expired })
        expect(await kit.record('wait')).toMatchObject({ failure: expired })
        expect(argumentsOf(await session.claim(), 'pass')).toMatchObject([{ kind: 'failure', failure: expired }])
      },
    ),
    behaviour(
      'releases jobs for order alone when one succeeds that was replaced by one without a result',
      async (kit) => {
        const session = await kit.session()
        await session.put(job('a'), ...POLICIES.map((each) => job(each, { edges: [order('a', each)] })))
        await session.put(job('a', { onDuplicate: 'replace', ignoreResult: true }))

        await session.finish('a')

        expect(await kit.states(...POLICIES)).toEqual({ fail: 'enqueued', pass: 'enqueued', wait: 'enqueued' })
      },
    ),
    behaviour('leaves nobody waiting for a failed job that is removed', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('v', { edges: [value('a', 'wait')] }), job('o', { edges: [order('a', 'wait')] }))
      const held = await session.takeOne()
      await session.settle(failure(held))

      await session.control({ kind: 'remove', id: 'a' })
      await kit.sweepAll()

      expect(await kit.states('v', 'o')).toEqual({ v: 'failed', o: 'enqueued' })
      expect((await kit.record('v')).failure).toEqual(failureOf(held))
    }),
    behaviour('leaves nobody waiting for a job that is canceled and removed in one call', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'), job('v', { edges: [value('a', 'wait')] }), job('o', { edges: [order('a', 'wait')] }))

      const answers = await session.control(cancel(['a'], 'release'), { kind: 'remove', id: 'a' })
      await kit.sweepAll()

      expect(answers.map((answer) => answer.code)).toEqual(['canceled', 'ok'])
      expect(await kit.states('a', 'v', 'o')).toEqual({ a: undefined, v: 'failed', o: 'enqueued' })
    }),
    behaviour('leaves nobody waiting for a canceled job that was forgotten', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'), job('v', { edges: [value('a', 'wait')] }), job('o', { edges: [order('a', 'wait')] }))
      await session.control(cancel(['a'], 'release'))
      await kit.sweepAll()
      const expected = present((await kit.record('a')).failure, 'the failure of a')

      await kit.advance(RECORD_TTL_MS + 300_000)
      await kit.sweepAll()

      expect(await kit.states('a', 'v', 'o')).toEqual({ a: undefined, v: 'failed', o: 'enqueued' })
      expect((await kit.record('v')).failure).toEqual(expected)
    }),
  ],
}
