import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { idsOf } from '../session/claimed.ts'
import { job, order, value } from '../session/sample-job.ts'
import { forward } from '../session/sample-settlement.ts'
import { cancel } from './cancel-cases.ts'
import { forwarding, forwardingToChild } from './forwarding.ts'

/** Canceling jobs that forward, and jobs that are forwarded to. */
export const forwardCancelCases: KitGroup = {
  name: 'cancel of forwards',
  cases: [
    behaviour('ends a job that forwards at once', async (kit) => {
      const session = await forwarding(kit)

      const answers = await session.control(cancel(['asks']))

      expect(answers).toEqual([{ code: 'canceled', found: ['deferred'] }])
      expect(await kit.record('asks')).toMatchObject({ state: 'canceled', failure: { text: 'canceled: enough' } })
    }),
    behaviour('keeps a canceled job canceled when its target succeeds', async (kit) => {
      const session = await forwarding(kit)
      await session.control(cancel(['asks']))

      await session.finish('answers')

      expect(await kit.states('asks', 'answers')).toEqual({ asks: 'canceled', answers: 'success' })
    }),
    behaviour('leaves a target alone that is not the child of the canceled job', async (kit) => {
      const session = await forwarding(kit)

      await session.control(cancel(['asks']))
      await kit.sweepAll()

      expect(await kit.state('answers')).toBe('enqueued')
    }),
    behaviour('ends a target with it that is its child', async (kit) => {
      const session = await forwardingToChild(kit)

      await session.control(cancel(['asks']))
      await kit.sweepAll()

      expect(await kit.states('asks', 'answers')).toEqual({ asks: 'canceled', answers: 'canceled' })
      expect(await session.take(5)).toEqual([])
    }),
    behaviour('tells the owner of a running child to stop', async (kit) => {
      const session = await forwardingToChild(kit)
      const { id, token } = await session.takeOne()

      await session.control(cancel(['asks']))
      await kit.sweepAll()

      expect(await kit.states('asks', 'answers')).toEqual({ asks: 'canceled', answers: 'processing' })
      expect((await session.renew()).canceled).toMatchObject([{ id, token }])
    }),
    behaviour('leaves a child alone that another job waits for', async (kit) => {
      const session = await forwardingToChild(kit)
      await session.put(job('also', { edges: [order('answers')] }))

      await session.control(cancel(['asks']))
      await kit.sweepAll()

      expect(await kit.state('answers')).toBe('enqueued')
    }),
    behaviour('leaves a child alone that another job forwards to', async (kit) => {
      const session = await forwardingToChild(kit, { priority: -1 })
      await session.put(job('also'))
      await session.settle(forward(await session.takeOne(), 'answers'))

      await session.control(cancel(['asks']))
      await kit.sweepAll()

      expect(await kit.states('answers', 'also')).toEqual({ answers: 'enqueued', also: 'deferred' })
      await session.finish('answers')
      expect(await kit.state('also')).toBe('success')
    }),
    behaviour('refuses to cancel a job that forwards while another waits for it', async (kit) => {
      const session = await forwarding(kit)
      await session.put(job('d', { edges: [value('asks')] }))

      expect(await session.control(cancel(['asks']))).toEqual([
        { code: 'has-dependents', id: 'asks', dependents: ['d'] },
      ])
      expect(await kit.states('asks', 'd')).toEqual({ asks: 'deferred', d: 'deferred' })
    }),
    behaviour('tells the dependents of a job that forwards when its target is canceled', async (kit) => {
      const session = await forwarding(kit)
      await session.put(job('fail', { edges: [value('asks')] }), job('pass', { edges: [order('asks', 'pass')] }))

      await session.control(cancel(['answers']))
      await kit.sweepAll()

      expect(await kit.states('asks', 'fail', 'pass')).toEqual({ asks: 'canceled', fail: 'failed', pass: 'enqueued' })
      expect(idsOf(await session.take(5))).toEqual(['pass'])
    }),
    behaviour(
      'ends a job that is to be canceled as canceled, though it forwards, and leaves the target alone',
      async (kit) => {
        const session = await kit.session()
        await session.put(job('a'), job('b'))
        const held = await session.takeOne()
        await session.control(cancel(['a']))

        expect(await session.settle(forward(held, 'b'))).toEqual(['canceled'])
        await session.finish('b')

        expect(await kit.state('a')).toBe('canceled')
      },
    ),
    behaviour('drains a job that forwards, and leaves its target in another queue alone', async (kit) => {
      const session = await forwarding(kit, { queue: 'other' })

      await session.control({ kind: 'drain', queue: 'default' })
      await kit.sweepAll()

      expect(await kit.states('asks', 'answers')).toEqual({ asks: 'canceled', answers: 'enqueued' })
    }),
  ],
}
