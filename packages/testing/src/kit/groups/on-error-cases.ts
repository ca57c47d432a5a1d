import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { argumentsOf, idsOf, inline } from '../session/claimed.ts'
import { job, order, value } from '../session/sample-job.ts'
import { failure, failureOf, success } from '../session/sample-settlement.ts'

/** What a dependent does when a job it waits for ends badly. */
export const onErrorCases: KitGroup = {
  name: 'failed dependencies',
  cases: [
    behaviour('fails a dependent with the failure of the job it needs, and never runs it [WQ-33]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }))
      const held = await session.takeOne()

      await session.settle(failure(held))

      const record = await kit.record('b')
      expect(record).toMatchObject({ state: 'failed', kind: 'dependency-failed', attempt: 0 })
      expect(record.failure).toEqual(failureOf(held))
      expect(await session.take(1)).toEqual([])
    }),
    behaviour('hands a failure through a chain unchanged [WQ-33]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }))
      await session.put(job('c', { edges: [order('b')] }), job('d', { edges: [value('c')] }))
      const held = await session.takeOne()

      await session.settle(failure(held, { kind: 'timeout', text: 'ran longer than 5 s' }))

      const expected = failureOf(held, { kind: 'timeout', text: 'ran longer than 5 s' })
      for (const id of ['b', 'c', 'd']) {
        const record = await kit.record(id)
        expect(record).toMatchObject({ state: 'failed', kind: 'dependency-failed' })
        expect(record.failure).toEqual(expected)
      }
    }),
    behaviour('keeps the kind of the failure for the record of the job that failed', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      await session.settle(failure(await session.takeOne(), { kind: 'timeout' }))

      expect(await kit.record('a')).toMatchObject({ state: 'failed', kind: 'timeout' })
    }),
    behaviour('passes the failure in the place of the argument where the edge says so [WQ-34]', async (kit) => {
      const session = await kit.session()
      await session.put(job('bad'), job('good'))
      await session.put(job('both', { edges: [value('good', 'pass'), value('bad', 'pass')] }))
      const held = await session.takeOne()

      await session.settle(failure(held))
      await session.finish('good', '"fine"')

      const reply = await session.claim()
      expect(argumentsOf(reply, 'both')).toEqual([inline('"fine"'), { kind: 'failure', failure: failureOf(held) }])
    }),
    behaviour('passes the failure of the job that failed first, not of the one between', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }), job('c', { edges: [value('b', 'pass')] }))
      const held = await session.takeOne()

      await session.settle(failure(held))

      expect(argumentsOf(await session.claim(), 'c')).toEqual([{ kind: 'failure', failure: failureOf(held) }])
    }),
    behaviour('runs a job after one that failed, where its order edge says pass', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [order('a', 'pass')] }))

      await session.settle(failure(await session.takeOne()))

      const reply = await session.claim()
      expect(idsOf(reply.jobs)).toEqual(['b'])
      expect(argumentsOf(reply)).toEqual([])
    }),
    behaviour('fails a job after one that failed, where its order edge says fail', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [order('a')] }))

      await session.settle(failure(await session.takeOne()))

      expect(await kit.record('b')).toMatchObject({ state: 'failed', kind: 'dependency-failed' })
    }),
    behaviour('goes on waiting for a job that failed, where the edge says so [RQ-49]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('v', { edges: [value('a', 'wait')] }), job('o', { edges: [order('a', 'wait')] }))

      await session.settle(failure(await session.takeOne()))
      await kit.advance(60_000)

      expect(await kit.states('v', 'o')).toEqual({ v: 'deferred', o: 'deferred' })
    }),
    behaviour('keeps the order of what a job waits for when one of them failed and is waited for', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('c'))
      await session.put(job('d', { edges: [value('a', 'wait'), order('b'), value('c', 'wait')] }))

      await session.settle(failure(await session.takeOne()))

      expect((await kit.record('d')).unmet.map(({ on }) => on)).toEqual(['a', 'b', 'c'])
    }),
    behaviour('releases a job that went on waiting when the failed one is started over and succeeds', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a', 'wait')] }))
      await session.settle(failure(await session.takeOne()))

      await session.put(job('a', { onDuplicate: 'replace' }))
      await session.finish('a', '"at last"')

      expect(argumentsOf(await session.claim(), 'b')).toEqual([inline('"at last"')])
    }),
    behaviour('releases a job that went on waiting when the id of the failed one is reused', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a', 'wait')] }))
      await session.settle(failure(await session.takeOne()))

      await session.put(job('a', { reuseEnded: true }))
      await session.finish('a', '"again"')

      expect(argumentsOf(await session.claim(), 'b')).toEqual([inline('"again"')])
    }),
    behaviour('fails a job with the first that it needs, though others are still to come', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('sum', { edges: [value('b'), value('a')] }))
      const held = await session.takeOne()

      await session.settle(failure(held))
      const state = await kit.state('sum')
      await session.finish('b')

      expect(state).toBe('failed')
      expect((await kit.record('sum')).failure).toEqual(failureOf(held))
      expect(await session.take(1)).toEqual([])
    }),
    behaviour('decides each dependent by its own edge', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.put(...(['fail', 'pass', 'wait'] as const).map((each) => job(each, { edges: [value('a', each)] })))

      await session.settle(failure(await session.takeOne()))

      expect(await kit.states('fail', 'pass', 'wait')).toEqual({ fail: 'failed', pass: 'enqueued', wait: 'deferred' })
    }),
    behaviour(
      'does not fail a job that it has released already, when the one it needed is started over',
      async (kit) => {
        const session = await kit.session()
        await session.put(job('a'), job('b', { edges: [value('a')] }))
        await session.finish('a', '"1"')
        await session.put(job('a', { reuseEnded: true, priority: 1 }))

        await session.settle(failure(await session.takeOne()))

        expect(await kit.state('b')).toBe('enqueued')
        expect(argumentsOf(await session.claim(), 'b')).toEqual([inline('"1"')])
      },
    ),
    behaviour('keeps a failure with all its fields [RQ-37]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { task: 'mail.send', queue: 'mails' }))
      const held = await session.takeOne({ queues: ['mails'] })
      const details = new Uint8Array([0, 255, 7])
      const full = { task: 'mail.send', queue: 'mails', stack: 'Error: x\n  at y', group: 'G', text: 'ünï\0', details }

      await session.settle(failure(held, full))

      expect((await kit.record('a')).failure).toEqual(failureOf(held, full))
    }),
    behaviour('keeps failed jobs, and no result of theirs', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()

      await session.settle(failure(held))

      expect((await kit.record('a')).resultUntil).toBeUndefined()
      expect(await kit.valueOf('a')).toBeUndefined()
      expect(await session.settle(success(held))).toEqual(['already'])
    }),
  ],
}
