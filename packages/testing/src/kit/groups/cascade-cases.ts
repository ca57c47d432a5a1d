import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { argumentsOf, present } from '../session/claimed.ts'
import { job, order, value } from '../session/sample-job.ts'
import { forward } from '../session/sample-settlement.ts'
import { cancel } from './cancel-cases.ts'

/** What a cancel does to the jobs that wait for the canceled one. */
export const cascadeCases: KitGroup = {
  name: 'cancel with dependents',
  cases: [
    behaviour('refuses to cancel a job that another waits for, and tells which [RQ-44]', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'), job('v', { edges: [value('a')] }), job('o', { edges: [order('a', 'wait')] }))

      const [answer] = await session.control(cancel(['a']))

      if (answer?.code !== 'has-dependents') expect.fail('the cancel was not refused')
      expect(answer.id).toBe('a')
      expect([...answer.dependents].sort()).toEqual(['o', 'v'])
      expect(await kit.states('a', 'v', 'o')).toEqual({ a: 'enqueued', v: 'deferred', o: 'deferred' })
    }),
    behaviour('changes nothing if one of the ids may not be canceled [RQ-44]', async (kit) => {
      const session = await kit.session()
      await session.put(job('runs'))
      await session.takeOne()
      await session.put(job('free'), job('a'), job('b', { edges: [value('a')] }))

      const answers = await session.control(cancel(['free', 'runs', 'a']))

      expect(answers).toEqual([{ code: 'has-dependents', id: 'a', dependents: ['b'] }])
      expect(await kit.states('free', 'runs', 'a')).toEqual({ free: 'enqueued', runs: 'processing', a: 'enqueued' })
      expect((await kit.record('runs')).canceling).toBeUndefined()
    }),
    behaviour('cancels a job together with all that wait for it, in any order of the ids [RQ-44]', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'), job('b', { edges: [value('a')] }), job('c', { edges: [order('b')] }))

      const answers = await session.control(cancel(['a', 'c', 'b']))

      expect(answers).toEqual([{ code: 'canceled', found: ['enqueued', 'deferred', 'deferred'] }])
      expect(await kit.states('a', 'b', 'c')).toEqual({ a: 'canceled', b: 'canceled', c: 'canceled' })
    }),
    behaviour('does not count dependents that have ended', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'), job('b', { edges: [value('a')] }))
      await session.control(cancel(['b']))

      expect(await session.control(cancel(['a']))).toEqual([{ code: 'canceled', found: ['enqueued'] }])
    }),
    behaviour('does not count a job that has what it needs already', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }))
      await session.finish('a')
      await session.put(job('a', { reuseEnded: true }))

      expect(await session.control(cancel(['a']))).toEqual([{ code: 'canceled', found: ['enqueued'] }])
      expect(await kit.state('b')).toBe('enqueued')
    }),
    behaviour('does not count a job that forwards to it', async (kit) => {
      const session = await kit.session()
      await session.put(job('asks'), job('answers'))
      await session.settle(forward(await session.takeOne(), 'answers'))

      expect(await session.control(cancel(['answers']))).toEqual([{ code: 'canceled', found: ['enqueued'] }])
    }),
    behaviour('counts a dependent of a running job, too', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }))
      await session.takeOne()

      expect(await session.control(cancel(['a']))).toEqual([{ code: 'has-dependents', id: 'a', dependents: ['b'] }])
    }),
    behaviour('cancels all that wait for a job, and what waits for them, where it is told to', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'), job('b', { edges: [value('a', 'pass')] }), job('c', { edges: [order('b', 'wait')] }))
      await session.put(job('d', { edges: [value('c')] }), job('other'))

      const answers = await session.control(cancel(['a'], 'cancel'))
      await kit.sweepAll()

      expect(answers).toEqual([{ code: 'canceled', found: ['enqueued'] }])
      expect(await kit.states('a', 'b', 'c', 'd', 'other')).toEqual({
        a: 'canceled',
        b: 'canceled',
        c: 'canceled',
        d: 'canceled',
        other: 'enqueued',
      })
    }),
    behaviour('cancels what waits for a running job when that ends', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a', 'pass')] }))
      const held = await session.takeOne()

      await session.control(cancel(['a'], 'cancel'))
      await session.settle({ kind: 'return', id: held.id, token: held.token })
      await kit.sweepAll()

      expect(await kit.states('a', 'b')).toEqual({ a: 'canceled', b: 'canceled' })
    }),
    behaviour('treats a canceled job as failed for those that wait for it, where it is told to', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.put(...(['fail', 'pass', 'wait'] as const).map((each) => job(each, { edges: [value('a', each)] })))

      const answers = await session.control(cancel(['a'], 'release'))
      await kit.sweepAll()

      expect(answers).toEqual([{ code: 'canceled', found: ['enqueued'] }])
      expect(await kit.states('fail', 'pass', 'wait')).toEqual({ fail: 'failed', pass: 'enqueued', wait: 'deferred' })
      const failure = present((await kit.record('a')).failure, 'the failure of a')
      expect((await kit.record('fail')).failure).toEqual(failure)
      expect(argumentsOf(await session.claim(), 'pass')).toEqual([{ kind: 'failure', failure }])
    }),
    behaviour('treats a running job as failed for those that wait for it, once it has ended', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [order('a', 'pass')] }))
      const held = await session.takeOne()

      await session.control(cancel(['a'], 'release'))
      const before = await kit.state('b')
      await session.settle({ kind: 'return', id: held.id, token: held.token })
      await kit.sweepAll()

      expect([before, await kit.state('b')]).toEqual(['deferred', 'enqueued'])
    }),
    behaviour('cancels nothing below a job that was canceled with release', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'), job('b', { edges: [order('a')] }), job('c', { edges: [order('b')] }))

      await session.control(cancel(['a'], 'release'))
      await kit.sweepAll()

      expect(await kit.states('b', 'c')).toEqual({ b: 'failed', c: 'failed' })
      expect(await kit.record('c')).toMatchObject({ kind: 'dependency-failed', failure: { id: 'a' } })
    }),
  ],
}
