import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { argumentsOf, inline } from '../session/claimed.ts'
import { job, order, value } from '../session/sample-job.ts'

/** Edges between the items of one call, which name each other by their index. */
export const siblingCases: KitGroup = {
  name: 'edges on siblings',
  cases: [
    behaviour('binds an edge to an earlier item of the call', async (kit) => {
      const session = await kit.session()

      await session.put(job('a'), job('b', { edges: [value(0)] }), job('c', { edges: [value(1), order(0)] }))

      expect((await kit.record('b')).unmet).toMatchObject([{ kind: 'value', on: 'a' }])
      await session.finish('a', '"1"')
      await session.finish('b', '"2"')
      expect(argumentsOf(await session.claim(), 'c')).toEqual([inline('"2"')])
    }),
    behaviour('refuses an item whose sibling was refused, though another job has that id', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      const answers = await session.enqueue(job('a'), job('b', { edges: [value(0)] }), job('c', { edges: [order(0)] }))

      expect(answers).toEqual([
        { code: 'duplicate' },
        { code: 'dependency', index: 0 },
        { code: 'dependency', index: 0 },
      ])
      expect(await kit.states('b', 'c')).toEqual({ b: undefined, c: undefined })
      expect(await kit.record('a')).toMatchObject({ dependentCount: 0 })
    }),
    behaviour('refuses a whole chain whose first item was refused', async (kit) => {
      const session = await kit.producer()

      const answers = await session.enqueue(
        job('a', { edges: [value('nobody')] }),
        job('b', { edges: [value(0)] }),
        job('c', { edges: [value(1)] }),
        job('d'),
      )

      expect(answers).toEqual([
        { code: 'no-such-job', about: 'nobody' },
        { code: 'dependency', index: 0 },
        { code: 'dependency', index: 1 },
        'ok',
      ])
    }),
    behaviour('binds an edge to the job that a sibling adopted', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.finish('a', '"there"')

      const answers = await session.enqueue(job('a', { onDuplicate: 'return' }), job('b', { edges: [value(0)] }))

      expect(answers).toEqual(['existing', 'ok'])
      expect(argumentsOf(await session.claim(), 'b')).toEqual([inline('"there"')])
    }),
    behaviour('refuses an edge on the item itself or on a later one', async (kit) => {
      const session = await kit.producer()

      const answers = await session.enqueue(
        job('self', { edges: [order(0)] }),
        job('ahead', { edges: [value(2)] }),
        job('fine'),
        job('far', { edges: [order(99)] }),
      )

      expect(answers).toEqual([
        { code: 'dependency', index: 0 },
        { code: 'dependency', index: 2 },
        'ok',
        { code: 'dependency', index: 99 },
      ])
    }),
    behaviour('tells an id that looks like an index from an index', async (kit) => {
      const session = await kit.session()
      await session.put(job('0'))

      await session.put(job('first'), job('b', { edges: [order('0')] }))

      expect((await kit.record('b')).unmet).toMatchObject([{ on: '0' }])
    }),
    behaviour('fails an item with the sibling that failed when it was stored', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'))
      await session.control({ kind: 'cancel', ids: ['a'], reason: '', cascade: 'refuse' })

      await session.put(job('b', { edges: [value('a')] }), job('c', { edges: [value(0)] }))

      expect(await kit.states('b', 'c')).toEqual({ b: 'failed', c: 'failed' })
      const [b, c] = [await kit.record('b'), await kit.record('c')]
      expect(c.failure).toEqual(b.failure)
    }),
  ],
}
