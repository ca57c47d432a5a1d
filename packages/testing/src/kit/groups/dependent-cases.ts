import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { argumentsOf, idsOf, inline, jobOf } from '../session/claimed.ts'
import { job, jobs, order, value } from '../session/sample-job.ts'
import { success } from '../session/sample-settlement.ts'

/** How jobs that wait for others are released, and what they get. */
export const dependentCases: KitGroup = {
  name: 'dependents',
  cases: [
    behaviour('does not hand out a job before the one that it needs has ended [G12]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }))

      const taken = await session.take(5)

      expect(idsOf(taken)).toEqual(['a'])
      expect(await kit.state('b')).toBe('deferred')
    }),
    behaviour('releases a job with the last of the jobs that it needs, and not before', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('sum', { edges: [value('a'), value('b')] }))

      await session.finish('a', '1')
      const between = await kit.state('sum')
      await session.finish('b', '2')

      expect([between, await kit.state('sum')]).toEqual(['deferred', 'enqueued'])
      expect(argumentsOf(await session.claim(), 'sum')).toEqual([inline('1'), inline('2')])
    }),
    behaviour('releases a job whose last two needs are settled in one call', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('sum', { edges: [value('a'), value('b')] }))
      const held = await session.take(2)

      await session.settle(...held.map((each) => success(each, `"${each.id}"`)))

      expect(argumentsOf(await session.claim(), 'sum')).toEqual([inline('"a"'), inline('"b"')])
    }),
    behaviour('lines dependents up by the last of their needs, where one call settles all of them', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('a', 3), job('early', { edges: [value('a1'), order('a0')] }))
      await session.put(job('late', { edges: [value('a2'), value('a0')] }), job('first', { edges: [value('a0')] }))
      await session.put(job('waiting', { edges: [order('a0'), order('late')] }))
      const held = await session.take(3)

      await session.settle(...held.map((each) => success(each, `"${each.id}"`)))

      const reply = await session.claim({ slots: 9 })
      expect(reply.jobs.map(({ id }) => id)).toEqual(['first', 'early', 'late'])
      expect(argumentsOf(reply, 'late')).toEqual([inline('"a2"'), inline('"a0"')])
      expect(await kit.state('waiting')).toBe('deferred')
    }),
    behaviour('settles jobs that had arguments in one call with those that others wait for', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }), job('c', { edges: [value('a'), order('a')] }))
      await session.put(job('d', { edges: [value('b'), value('c')], delayMs: 1000 }), job('plain'))
      await session.finish('a', '"a"')
      const held = await session.take(3)

      await session.settle(...held.map((each) => success(each, `"${each.id}"`)))

      expect(await kit.states('b', 'c', 'plain', 'd')).toEqual({
        b: 'success',
        c: 'success',
        plain: 'success',
        d: 'scheduled',
      })
      await kit.advance(1000)
      await kit.sweepAll()
      expect(argumentsOf(await session.claim(), 'd')).toEqual([inline('"b"'), inline('"c"')])
    }),
    behaviour('stores in one call jobs that wait for each other, for jobs that run, and for none', async (kit) => {
      const session = await kit.session()
      await session.put(job('old'))
      const held = await session.take(1)

      await session.put(
        job('p'),
        job('on-old', { edges: [value('old'), value(0)] }),
        job('q', { priority: 1 }),
        job('on-both', { edges: [order(2), order('old'), value(1)] }),
      )

      expect(await kit.states('p', 'on-old', 'q', 'on-both')).toEqual({
        p: 'enqueued',
        'on-old': 'deferred',
        q: 'enqueued',
        'on-both': 'deferred',
      })
      await session.settle(...held.map((each) => success(each, '"old"')))
      expect(idsOf(await session.take(5))).toEqual(['q', 'p'])
      expect((await kit.record('on-both')).unmet.map(({ on }) => on)).toEqual(['q', 'on-old'])
    }),
    behaviour('releases a job once, with one entry in its history', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('sum', { edges: [value('a'), order('b')] }))
      await session.finish('a')
      await session.finish('b')

      const taken = await session.take(5)
      await kit.sweepAll()

      expect(idsOf(taken)).toEqual(['sum'])
      expect(await session.take(5)).toEqual([])
      const released = (await kit.record('sum')).history.filter((entry) => entry.what === 'released')
      expect(released).toHaveLength(1)
    }),
    behaviour('does not release a job again after it has run', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('late', { edges: [order('a'), order('b')] }))
      await session.finish('a')
      await session.finish('b')
      await session.finish('late')

      await kit.sweepAll()

      expect(await session.take(5)).toEqual([])
      expect(await kit.state('late')).toBe('success')
    }),
    behaviour('fills the holes of an input in the order of the value edges [WQ-30]', async (kit) => {
      const session = await kit.session()
      await session.put(job('x'), job('y'), job('z'))
      await session.put(job('all', { edges: [value('z'), order('y'), value('x'), value('y')] }))

      for (const id of ['x', 'y', 'z']) await session.finish(id, `"${id}"`)

      expect(argumentsOf(await session.claim(), 'all')).toEqual([inline('"z"'), inline('"x"'), inline('"y"')])
    }),
    behaviour('takes one job for two arguments [WQ-31]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('twice', { edges: [value('a'), value('a'), order('a')] }))

      await session.finish('a', '"one"')

      const reply = await session.claim()
      expect(jobOf(reply).args).toEqual([0, 0])
      expect(reply.values).toEqual([inline('"one"')])
    }),
    behaviour('gives one result to many dependents [WQ-35]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), ...jobs('d', 20, { edges: [value('a')] }))

      await session.finish('a', '"shared"')

      const reply = await session.claim({ slots: 30 })
      expect(reply.jobs).toHaveLength(20)
      for (const each of reply.jobs) expect(argumentsOf(reply, each.id)).toEqual([inline('"shared"')])
    }),
    behaviour('resolves a graph of several levels, each argument from its own job', async (kit) => {
      const session = await kit.session()
      await session.put(job('root'))
      await session.put(job('l', { edges: [value('root')] }), job('r', { edges: [value('root')] }))
      await session.put(job('join', { edges: [value('l'), value('r')] }))

      await session.finish('root', '"0"')
      await session.finish('l', '"l"')
      await session.finish('r', '"r"')

      expect(argumentsOf(await session.claim(), 'join')).toEqual([inline('"l"'), inline('"r"')])
    }),
    behaviour('releases dependents in other queues', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { queue: 'other', edges: [value('a')] }))

      await session.finish('a', '"far"')

      expect(argumentsOf(await session.claim({ queues: ['other'] }), 'b')).toEqual([inline('"far"')])
    }),
    behaviour('needs no arguments for a job without holes', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [order('a')] }))
      await session.finish('a')

      const reply = await session.claim()

      expect(jobOf(reply).args ?? []).toEqual([])
      expect(reply.values).toEqual([])
    }),
    behaviour('shows in a record what a job waits for, and who waits for it', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'))
      await session.put(job('c', { edges: [value('a', 'pass'), order('b', 'wait')] }))
      await session.finish('a')

      const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((id) => kit.record(id)))

      expect(c?.unmet).toEqual([{ kind: 'order', on: 'b', onError: 'wait' }])
      expect(b).toMatchObject({ dependents: ['c'], dependentCount: 1 })
      expect(a).toMatchObject({ dependents: [], dependentCount: 0 })
    }),
    behaviour('shows at most 25 of the jobs that wait for one, and how many there are', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), ...jobs('d', 40, { edges: [order('a')] }))

      const record = await kit.record('a')

      expect(record.dependents).toHaveLength(25)
      expect(record.dependentCount).toBe(40)
    }),
    behaviour('tells in the history when a job was released [RQ-09]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }))
      await session.finish('a')

      const record = await kit.record('b')

      expect(record.history.map((entry) => entry.what)).toEqual(['enqueued', 'released'])
    }),
  ],
}
