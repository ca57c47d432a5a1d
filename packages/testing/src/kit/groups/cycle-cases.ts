import type { NewJob } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import type { KitSession } from '../session/kit-session.ts'
import { job, order, value } from '../session/sample-job.ts'
import { failure, forward } from '../session/sample-settlement.ts'

/** Jobs that would wait for each other for ever are refused, or fail. */
export const cycleCases: KitGroup = {
  name: 'cycles',
  cases: [
    behaviour('refuses to replace a job by one that waits for its own dependent, and changes nothing', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [order('a')] }), job('c', { edges: [value('b')] }))

      const answers = await session.enqueue(
        job('a', { onDuplicate: 'replace', edges: [order('b')] }),
        job('a', { onDuplicate: 'replace', edges: [value('c')] }),
      )

      expect(answers).toMatchObject([{ code: 'dependency-cycle' }, { code: 'dependency-cycle' }])
      expect(await kit.record('a')).toMatchObject({ state: 'enqueued', series: 1, unmet: [] })
      await session.finish('a')
    }),
    behaviour('refuses to replace a job by one that waits for itself', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'))

      const answers = await session.enqueue(job('a', { onDuplicate: 'replace', edges: [order('a')] }))

      expect(answers).toEqual([{ code: 'dependency-cycle', about: 'a' }])
    }),
    behaviour(
      'refuses to replace a job that was replaced before by one that waits for its own dependent',
      async (kit) => {
        const session = await kit.session()
        await session.put(job('a'), job('b', { edges: [order('a')] }), job('a', { onDuplicate: 'replace' }))

        const answers = await session.enqueue(job('a', { onDuplicate: 'replace', edges: [value('b')] }))

        expect(answers).toMatchObject([{ code: 'dependency-cycle' }])
        expect(await kit.record('a')).toMatchObject({ state: 'enqueued', series: 2 })
      },
    ),
    behaviour('refuses to reuse an id for a job that waits for one which went on waiting for it', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a', 'wait')] }))
      await session.settle(failure(await session.takeOne()))

      const answers = await session.enqueue(job('a', { reuseEnded: true, edges: [order('b')] }))

      expect(answers).toMatchObject([{ code: 'dependency-cycle' }])
      expect(await kit.states('a', 'b')).toEqual({ a: 'failed', b: 'deferred' })
    }),
    behaviour('lets a job be replaced by one that waits for something else', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [order('a')] }), job('x'))

      await session.put(job('a', { onDuplicate: 'replace', edges: [order('x')] }))

      for (const id of ['x', 'a', 'b']) await session.finish(id)
    }),
    behaviour('refuses an order edge that would close a cycle [RQ-48]', async (kit) => {
      const session = await kit.producer()
      await session.put(job('x'), job('a', { edges: [order('x')] }), job('b', { edges: [value('a')] }))

      const answers = await session.control(
        { kind: 'depend', id: 'a', edges: [order('b')] },
        { kind: 'depend', id: 'a', edges: [order('a')] },
      )

      expect(answers).toEqual([{ code: 'dependency-cycle' }, { code: 'dependency-cycle' }])
      expect((await kit.record('a')).unmet).toMatchObject([{ on: 'x' }])
    }),
    behaviour('fails a job that forwards to itself', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      await session.settle(forward(await session.takeOne(), 'a'))
      await kit.sweepAll()

      expect(await kit.record('a')).toMatchObject({ state: 'failed', failure: { code: 'DEPENDENCY_CYCLE' } })
    }),
    behaviour('fails a job that forwards to one which waits for it, and that one with it', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }), job('c', { edges: [value('b')] }))

      await session.settle(forward(await session.takeOne(), 'c'))
      await kit.sweepAll()

      expect(await kit.record('a')).toMatchObject({ state: 'failed', failure: { code: 'DEPENDENCY_CYCLE' } })
      expect(await kit.record('c')).toMatchObject({ state: 'failed', kind: 'dependency-failed' })
    }),
    behaviour('fails a job that was replaced before and forwards to one which waits for it', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }), job('a', { onDuplicate: 'replace' }))

      await session.settle(forward(await session.takeOne(), 'b'))
      await kit.sweepAll()

      expect(await kit.record('a')).toMatchObject({ state: 'failed', failure: { code: 'DEPENDENCY_CYCLE' } })
    }),
    behaviour('finds a cycle through a job that forwards', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('c', { edges: [value('a')] }))
      await session.control({ kind: 'priority', id: 'b', priority: 1 })
      await session.settle(forward(await session.takeOne(), 'c'))

      const answers = await session.enqueue(job('a', { onDuplicate: 'replace', edges: [order('b')] }))

      expect(answers).toMatchObject([{ code: 'dependency-cycle' }])
      await session.finish('a')
      await session.finish('c')
      expect(await kit.state('b')).toBe('success')
    }),
    behaviour('fails the second of two jobs that forward to each other', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'))
      const [a, b] = await session.take(2)
      if (!a || !b) expect.fail('two jobs are there')

      await session.settle(forward(a, 'b'), forward(b, 'a'))
      await kit.sweepAll()

      expect(await kit.states('a', 'b')).toEqual({ a: 'failed', b: 'failed' })
      expect((await kit.record('b')).failure).toMatchObject({ code: 'DEPENDENCY_CYCLE' })
    }),
    behaviour('finds a cycle longer than one call may look, and fails the job that closed it', async (kit) => {
      const session = await kit.session()
      await putChain(session, 600)

      await session.put(job('c0', { onDuplicate: 'replace', edges: [order('c599')] }))
      await kit.sweepAll()

      expect(await kit.record('c0')).toMatchObject({ state: 'failed', failure: { code: 'DEPENDENCY_CYCLE' } })
      expect(await kit.state('c599')).toBe('failed')
    }),
    behaviour('finds a cycle of forwards longer than one call may look', async (kit) => {
      const session = await kit.session()
      await putChain(session, 600)

      await session.settle(forward(await session.takeOne(), 'c599'))
      await kit.sweepAll()

      expect(await kit.record('c0')).toMatchObject({ state: 'failed', failure: { code: 'DEPENDENCY_CYCLE' } })
      expect(await kit.state('c599')).toBe('failed')
    }),
    behaviour('does not take a long chain without a cycle for one', async (kit) => {
      const session = await kit.session()
      await session.put(job('first'))
      await putChain(session, 600, [order('first')])

      await session.put(job('after'), job('first', { onDuplicate: 'replace', edges: [order('after')] }))
      await session.finish('after')
      await session.finish('first')
      await session.finish('c0')

      expect(await kit.states('c1', 'c599')).toEqual({ c1: 'enqueued', c599: 'deferred' })
    }),
  ],
}

/** Jobs `c0` … `cN`, each waiting for the one before it. */
async function putChain(session: KitSession, length: number, edges: NewJob['edges'] = []): Promise<void> {
  const chain = Array.from({ length }, (_, at) => job(`c${at}`, { edges: at === 0 ? edges : [order(`c${at - 1}`)] }))
  for (let at = 0; at < length; at += 200) await session.put(...chain.slice(at, at + 200))
}
