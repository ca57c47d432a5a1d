import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { argumentsOf, inline, present } from '../session/claimed.ts'
import { job, order, value } from '../session/sample-job.ts'
import { failure, failureOf, forward, success } from '../session/sample-settlement.ts'
import { cancel } from './cancel-cases.ts'
import { forwarding } from './forwarding.ts'

/** Jobs whose outcome is another job's. */
export const forwardCases: KitGroup = {
  name: 'forward',
  cases: [
    behaviour('makes a job wait for the one that it forwards to, without a worker', async (kit) => {
      const session = await forwarding(kit)

      expect(await kit.record('asks')).toMatchObject({ state: 'deferred', forwardedTo: 'answers' })
      expect(await session.renew()).toMatchObject({ held: 0 })
      const { history } = await kit.record('asks')
      expect(history.map((entry) => entry.what)).toEqual(['enqueued', 'claimed', 'forwarded'])
    }),
    behaviour('gives a job the result of the one that it forwards to', async (kit) => {
      const session = await forwarding(kit)

      await session.finish('answers', '"42"')

      expect(await kit.states('asks', 'answers')).toEqual({ asks: 'success', answers: 'success' })
      await session.put(job('d', { edges: [value('asks')] }))
      expect(argumentsOf(await session.claim(), 'd')).toEqual([inline('"42"')])
    }),
    behaviour('gives a job the failure of the one that it forwards to, unchanged [WQ-33]', async (kit) => {
      const session = await forwarding(kit)
      const held = await session.takeOne()

      await session.settle(failure(held))

      const record = await kit.record('asks')
      expect(record.state).toBe('failed')
      expect(record.failure).toEqual(failureOf(held))
    }),
    behaviour('ends a job as canceled when the one that it forwards to is', async (kit) => {
      const session = await forwarding(kit)

      await session.control(cancel(['answers']))
      await kit.sweepAll()

      const record = await kit.record('asks')
      expect(record.state).toBe('canceled')
      expect(record.failure).toEqual(present((await kit.record('answers')).failure, 'the failure'))
    }),
    behaviour('takes the outcome of a target that has succeeded at once', async (kit) => {
      const session = await kit.session()
      await session.put(job('answers'), job('asks'))
      await session.finish('answers', '"there"')

      await session.settle(forward(await session.takeOne(), 'answers'))

      expect(await kit.state('asks')).toBe('success')
      await session.put(job('d', { edges: [value('asks')] }))
      expect(argumentsOf(await session.claim(), 'd')).toEqual([inline('"there"')])
    }),
    behaviour('takes the outcome of a target that has failed or was canceled at once', async (kit) => {
      const session = await kit.session()
      await session.put(job('bad'), job('a'), job('b'), job('gone'))
      const bad = await session.takeOne()
      await session.settle(failure(bad))
      await session.control(cancel(['gone']))
      const [a, b] = await session.take(2)
      if (!a || !b) expect.fail('two jobs are there')

      await session.settle(forward(a, 'bad'), forward(b, 'gone'))

      expect(await kit.record('a')).toMatchObject({ state: 'failed', failure: failureOf(bad) })
      expect(await kit.record('b')).toMatchObject({ state: 'canceled', failure: { id: 'gone', kind: 'canceled' } })
    }),
    behaviour('takes the outcome of a target that is settled by the same call, before it or after', async (kit) => {
      const session = await kit.session()
      await session.put(job('early'), job('target'), job('late'))
      const [early, target, late] = await session.take(3)
      if (!early || !target || !late) expect.fail('three jobs are there')

      await session.settle(forward(early, 'target'), success(target, '"one"'), forward(late, 'target'))

      expect(await kit.states('early', 'late')).toEqual({ early: 'success', late: 'success' })
      await session.put(job('d', { edges: [value('early'), value('late')] }))
      expect(argumentsOf(await session.claim(), 'd')).toEqual([inline('"one"'), inline('"one"')])
    }),
    behaviour('fails a job that forwards to an unknown one', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      expect(await session.settle(forward(await session.takeOne(), 'nobody'))).toEqual(['ok'])

      const record = await kit.record('a')
      expect(record).toMatchObject({
        state: 'failed',
        kind: 'invalid-output',
        failure: { code: 'TASK_FAILED', id: 'a' },
      })
      expect(record.failure?.text).toContain('nobody')
    }),
    behaviour('fails a job that forwards to one whose result is gone', async (kit) => {
      const session = await kit.session()
      await session.put(job('dropped', { resultTtlMs: 0 }), job('a'))
      await session.finish('dropped')

      await session.settle(forward(await session.takeOne(), 'dropped'))

      const record = await kit.record('a')
      expect(record).toMatchObject({ state: 'failed', kind: 'invalid-output' })
      expect(record.failure?.text).toContain('dropped')
    }),
    behaviour('fails a job that forwards to one whose result is past its life', async (kit) => {
      const session = await kit.session()
      await session.put(job('old', { resultTtlMs: 10_000 }), job('a'))
      await session.finish('old')
      await kit.queue.shiftClock(11_000)

      await session.settle(forward(await session.takeOne(), 'old'))

      expect(await kit.record('a')).toMatchObject({ state: 'failed', kind: 'invalid-output' })
    }),
    behaviour('fails a job that forwards to one that keeps no result', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('quiet', { ignoreResult: true }))

      await session.settle(forward(await session.takeOne(), 'quiet'))

      const record = await kit.record('a')
      expect(record).toMatchObject({ state: 'failed', kind: 'invalid-output' })
      expect(record.failure?.text).toContain('quiet')
    }),
    behaviour('passes a forward that cannot be on to the dependents of the job', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }))

      await session.settle(forward(await session.takeOne(), 'nobody'))

      expect(await kit.record('b')).toMatchObject({ state: 'failed', failure: { id: 'a', kind: 'invalid-output' } })
    }),
    behaviour('releases the dependents of a job that forwards when its target ends, and not before', async (kit) => {
      const session = await kit.session()
      await session.put(job('asks'), job('answers'))
      await session.put(job('v', { edges: [value('asks')] }), job('o', { edges: [order('asks')] }))
      await session.settle(forward(await session.takeOne(), 'answers'))
      const before = await kit.states('v', 'o')

      await session.finish('answers', '"late"')

      expect(before).toEqual({ v: 'deferred', o: 'deferred' })
      expect(await kit.states('v', 'o')).toEqual({ v: 'enqueued', o: 'enqueued' })
      expect(argumentsOf(await session.claim(), 'v')).toEqual([inline('"late"')])
    }),
    behaviour('waits for the end of a whole line of forwards', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('c'))
      await session.settle(forward(await session.takeOne(), 'b'))
      await session.settle(forward(await session.takeOne(), 'c'))

      await session.finish('c', '"end"')
      await kit.sweepAll()

      expect(await kit.states('a', 'b', 'c')).toEqual({ a: 'success', b: 'success', c: 'success' })
      await session.put(job('d', { edges: [value('a')] }))
      expect(argumentsOf(await session.claim(), 'd')).toEqual([inline('"end"')])
    }),
    behaviour('is stored on the final target where the target is itself forwarded', async (kit) => {
      const session = await kit.session()
      await session.put(job('b'), job('a'), job('c'))
      await session.settle(forward(await session.takeOne(), 'c'))

      await session.settle(forward(await session.takeOne(), 'b'))

      expect(await kit.record('a')).toMatchObject({ state: 'deferred', forwardedTo: 'c' })
    }),
    behaviour('gives several jobs that forward to one its outcome', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('answers'))
      const held = await session.take(2)
      await session.settle(...held.map((each) => forward(each, 'answers')))

      await session.finish('answers', '"both"')

      expect(await kit.states('a', 'b')).toEqual({ a: 'success', b: 'success' })
    }),
    behaviour('gives a job that forwards a result life of its own, from its own end', async (kit) => {
      const session = await kit.session()
      await session.put(job('long', { resultTtlMs: 500_000 }), job('answers', { resultTtlMs: 10_000 }))
      await session.settle(forward(await session.takeOne(), 'answers'))
      await session.finish('answers', '"kept"')

      const record = await kit.record('long')
      await kit.advance(60_000)

      expect(record.resultUntil).toBe((record.endedAt ?? 0) + 500_000)
      const answers = await session.enqueue(
        job('late', { edges: [value('answers')] }),
        job('d', { edges: [value('long')] }),
      )
      expect(answers).toEqual([{ code: 'task-expired', about: 'answers' }, 'ok'])
      expect(argumentsOf(await session.claim(), 'd')).toEqual([inline('"kept"')])
    }),
    behaviour('leaves a job that forwards alone when the lease of its last owner ends', async (kit) => {
      const session = await forwarding(kit)

      await session.end()
      await kit.advance(60_000)

      expect(await kit.record('asks')).toMatchObject({ state: 'deferred', forwardedTo: 'answers', crashes: 0 })
    }),
    behaviour('never hands out a job again that forwards', async (kit) => {
      const session = await forwarding(kit)
      const held = await session.takeOne()

      expect(held.id).toBe('answers')
      expect(await session.take(5)).toEqual([])
      await session.settle(success(held))
      expect(await session.take(5)).toEqual([])
    }),
  ],
}
