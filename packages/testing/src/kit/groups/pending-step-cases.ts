import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { KIT_LEASE_MS } from '../kit-context.ts'
import { argumentsOf, idsOf, inline } from '../session/claimed.ts'
import { job, jobs, order, value } from '../session/sample-job.ts'
import { failure, failureOf, success } from '../session/sample-settlement.ts'
import { cancel } from './cancel-cases.ts'
import { hold, inState, putAll, THOUSAND, withDependents } from './thousands.ts'

/** What happens to a job while the work list still has a step for it. */
export const pendingStepCases: KitGroup = {
  name: 'steps on their way',
  cases: [
    behaviour('does not release a job that was replaced while its release was on its way', async (kit) => {
      const session = await withDependents(kit, 'order')
      await session.put(job('x', { queue: 'other' }))
      await session.finish('a')

      await session.put(job('d999', { onDuplicate: 'replace', edges: [order('x')] }))
      await kit.sweepAll()

      expect(await kit.record('d999')).toMatchObject({ state: 'deferred', unmet: [{ on: 'x' }] })
      expect(await inState(kit, 'enqueued')).toBe(THOUSAND - 1)
      await session.settle(success(await session.takeOne({ queues: ['other'] })))
      expect(await kit.state('d999')).toBe('enqueued')
    }),
    behaviour('does not count an edge that was removed while its release was on its way', async (kit) => {
      const session = await withDependents(kit, 'order')
      await session.put(job('b', { queue: 'other' }), job('late', { edges: [order('a'), value('b')] }))
      await session.finish('a')

      await session.control({ kind: 'undepend', id: 'late', on: 'all' })
      await kit.sweepAll()

      expect(await kit.record('late')).toMatchObject({ state: 'deferred', unmet: [{ kind: 'value', on: 'b' }] })
      await session.settle(success(await session.takeOne({ queues: ['other'] }), '"b"'))
      expect(await kit.state('late')).toBe('enqueued')
    }),
    behaviour('does not release a job that was canceled while its release was on its way', async (kit) => {
      const session = await withDependents(kit, 'order')
      await session.finish('a')

      const answers = await session.control(cancel(['d999']))
      await kit.sweepAll()

      expect(answers).toEqual([{ code: 'canceled', found: ['deferred'] }])
      expect(await kit.state('d999')).toBe('canceled')
      expect(await inState(kit, 'enqueued')).toBe(THOUSAND - 1)
    }),
    behaviour(
      'gives all dependents the result that released them, though its job was started over meanwhile',
      async (kit) => {
        const session = await withDependents(kit, 'value')
        await session.finish('a', '"old"')

        await session.put(job('a', { reuseEnded: true, priority: 1 }))
        await session.finish('a', '"new"')
        await kit.sweepAll()

        let seen = 0
        for (let round = 0; round < 4; round += 1) {
          const reply = await session.claim({ slots: 250 })
          for (const each of reply.jobs) expect(argumentsOf(reply, each.id)).toEqual([inline('"old"')])
          seen += reply.jobs.length
        }
        expect(seen).toBe(THOUSAND)
      },
    ),
    behaviour(
      'gives all dependents a result whose life is 0, or whose job is removed before they are released',
      async (kit) => {
        const session = await withDependents(kit, 'value')
        await session.finish('a', '"short"', 0)

        await session.control({ kind: 'remove', id: 'a' })
        await kit.sweepAll()

        const reply = await session.claim({ slots: 250 })
        expect(reply.values).toEqual([inline('"short"')])
        expect(await inState(kit, 'enqueued')).toBe(THOUSAND - 250)
      },
    ),
    behaviour('fails all dependents with the failure of their series, though the job was started over', async (kit) => {
      const session = await withDependents(kit, 'value')
      const held = await session.takeOne()
      await session.settle(failure(held))

      await session.put(job('a', { reuseEnded: true }))
      await session.finish('a', '"late"')
      await kit.sweepAll()

      expect(await inState(kit, 'failed')).toBe(THOUSAND)
      expect((await kit.record('d999')).failure).toEqual(failureOf(held))
    }),
    behaviour('does not cancel a job that was replaced while its queue was being drained', async (kit) => {
      const session = await kit.session()
      await putAll(session, jobs('j', THOUSAND))
      await session.control({ kind: 'drain', queue: 'default' })

      await session.put(job('j999', { onDuplicate: 'replace' }))
      await kit.sweepAll()

      expect(await inState(kit, 'canceled')).toBe(THOUSAND - 1)
      expect(idsOf(await session.take(5))).toEqual(['j999'])
    }),
    behaviour('cancels a job whose giving back is on its way, once and for good', async (kit) => {
      const [ending, other] = [await kit.session(), await kit.session()]
      await hold(ending, 600)
      await ending.end()

      await other.control(cancel(['j599']))
      await kit.sweepAll()

      expect(await kit.state('j599')).toBe('canceled')
      expect(await inState(kit, 'enqueued')).toBe(599)
    }),
    behaviour('lets nobody settle, expire or hear of a job whose giving back is on its way', async (kit) => {
      const [silent, other] = [await kit.session(), await kit.session()]
      const held = await hold(silent, 600)
      await kit.advance(KIT_LEASE_MS * 0.9)
      await kit.queue.shiftClock(KIT_LEASE_MS * 0.15)
      await kit.queue.sweep()

      await other.control({ kind: 'expire-lease', id: 'j599' })
      expect(await other.settle(...held.slice(-2).map((each) => success(each)))).toEqual(['lost', 'lost'])
      await kit.sweepAll()

      expect(await inState(kit, 'enqueued')).toBe(600)
      const { history, crashes } = await kit.record('j599')
      expect(history.filter((entry) => entry.what === 'lease-lost')).toHaveLength(1)
      expect(crashes).toBeLessThanOrEqual(1)
    }),
  ],
}
