import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { idsOf } from '../session/claimed.ts'
import { job, jobs } from '../session/sample-job.ts'
import { giveBack, success } from '../session/sample-settlement.ts'
import { ENDED_STATES, JOB_STATES, jobIn } from './job-in-state.ts'

const NOT_PROCESSING = JOB_STATES.filter((state) => state !== 'processing')
const NOT_ENDED = ['deferred', 'scheduled', 'enqueued', 'processing'] as const

/** Orders about single jobs: take it from its owner, change its priority, forget it. */
export const controlCases: KitGroup = {
  name: 'control',
  cases: [
    behaviour('takes a running job from its owner, to the front of its line [RQ-43]', async (kit) => {
      const [owner, other] = [await kit.session(), await kit.session()]
      await owner.put(...jobs('j', 3))
      const { id, token } = await owner.takeOne()

      const answers = await other.control({ kind: 'expire-lease', id })

      expect(answers).toEqual([{ code: 'ok', count: 1 }])
      expect(await kit.record(id)).toMatchObject({ state: 'enqueued', crashes: 0, failures: 0 })
      expect(await owner.renew()).toEqual({ held: 0, canceled: [], lost: [{ id, token }] })
      expect(await owner.renew()).toEqual({ held: 0, canceled: [], lost: [] })
      expect(await owner.settle(success({ id, token }))).toEqual(['lost'])
      const taken = await other.take(3)
      expect(idsOf(taken)).toEqual(['j0', 'j1', 'j2'])
      expect(taken[0]?.token).toBeGreaterThan(token)
    }),
    ...NOT_PROCESSING.map((state) =>
      behaviour(`refuses to expire the lease of a job that is ${state} [RQ-43]`, async (kit) => {
        const session = await kit.session()
        await jobIn(session, state)

        const answers = await session.control({ kind: 'expire-lease', id: 'a' })

        expect(answers).toEqual([{ code: 'invalid-state', state }])
      }),
    ),
    behaviour('changes the priority of a job that is not ready, for when it is', async (kit) => {
      const session = await kit.session()
      await session.put(job('later', { delayMs: 30_000 }), job('a'))

      const answers = await session.control({ kind: 'priority', id: 'later', priority: 3 })
      await kit.advance(31_000)

      expect(answers).toEqual([{ code: 'ok', count: 1 }])
      expect(idsOf(await session.take(2))).toEqual(['later', 'a'])
    }),
    behaviour('changes the priority of a running job, for when it is given back', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { priority: 1 }), job('c', { priority: 2 }))
      await session.take(2)
      const held = await session.takeOne()

      await session.control({ kind: 'priority', id: 'a', priority: 9 })
      await session.put(job('d', { priority: 8 }))
      await session.settle(giveBack(held))

      expect(idsOf(await session.take(2))).toEqual(['a', 'd'])
      expect(await kit.record('a')).toMatchObject({ priority: 9 })
    }),
    ...ENDED_STATES.map((state) =>
      behaviour(`refuses to change the priority of a job that is ${state}`, async (kit) => {
        const session = await kit.session()
        await jobIn(session, state)

        const answers = await session.control({ kind: 'priority', id: 'a', priority: 3 })

        expect(answers).toEqual([{ code: 'invalid-state', state }])
        expect(await kit.record('a')).toMatchObject({ priority: 0 })
      }),
    ),
    ...ENDED_STATES.map((state) =>
      behaviour(`forgets a job that is ${state} when it is removed`, async (kit) => {
        const session = await kit.session()
        await jobIn(session, state)

        const answers = await session.control({ kind: 'remove', id: 'a' })

        expect(answers).toEqual([{ code: 'ok', count: 1 }])
        expect(await kit.state('a')).toBeUndefined()
        expect(await kit.valueOf('a')).toBeUndefined()
        expect((await kit.queue.counts()).get('default')?.[state] ?? 0).toBe(0)
        await session.put(job('a'))
      }),
    ),
    ...NOT_ENDED.map((state) =>
      behaviour(`refuses to remove a job that is ${state}`, async (kit) => {
        const session = await kit.session()
        await jobIn(session, state)

        const answers = await session.control({ kind: 'remove', id: 'a' })

        expect(answers).toEqual([{ code: 'invalid-state', state }])
        expect(await kit.state('a')).toBe(state)
      }),
    ),
    behaviour('answers orders about an unknown job with its name', async (kit) => {
      const session = await kit.producer()

      const answers = await session.control(
        { kind: 'expire-lease', id: 'x' },
        { kind: 'priority', id: 'y', priority: 1 },
        { kind: 'remove', id: 'z' },
        { kind: 'depend', id: 'v', edges: [] },
        { kind: 'undepend', id: 'w', on: 'all' },
      )

      expect(answers).toEqual(['x', 'y', 'z', 'v', 'w'].map((about) => ({ code: 'no-such-job', about })))
    }),
    behaviour('carries out 256 orders with one call', async (kit) => {
      const session = await kit.producer()
      await session.put(...jobs('j', 256))

      const answers = await session.control(
        ...jobs('j', 256).map(({ id }, at) => ({ kind: 'priority' as const, id, priority: at + 1 })),
      )

      expect(answers).toEqual(Array(256).fill({ code: 'ok', count: 1 }))
      expect(await kit.record('j255')).toMatchObject({ priority: 256 })
    }),
    behaviour('carries out orders one after another, and lets a bad one spoil no other', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'))

      const answers = await session.control(
        { kind: 'priority', id: 'b', priority: 1 },
        { kind: 'remove', id: 'b' },
        { kind: 'cancel', ids: ['a'], reason: '', cascade: 'refuse' },
        { kind: 'remove', id: 'a' },
        { kind: 'remove', id: 'a' },
      )

      expect(answers.map((answer) => answer.code)).toEqual(['ok', 'invalid-state', 'canceled', 'ok', 'no-such-job'])
    }),
  ],
}
