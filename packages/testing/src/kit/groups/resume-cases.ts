import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { KIT_LEASE_MS } from '../kit-context.ts'
import { idsOf } from '../session/claimed.ts'
import { asRequest, LANE } from '../session/kit-session.ts'
import { job, jobs } from '../session/sample-job.ts'
import { giveBack, success } from '../session/sample-settlement.ts'

/** Reconciling after a doubt: who holds what, and from which number on. */
export const resumeCases: KitGroup = {
  name: 'resume',
  cases: [
    behaviour('starts every lane at number 1 again', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.put(job('b'))
      await session.resume()

      await session.put(job('c'))

      expect(session.last(LANE.enqueue)).toMatchObject({ epoch: 1, number: 1 })
      expect(await kit.state('c')).toBe('enqueued')
    }),
    behaviour('tells the last number applied on each lane of the epoch before', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.put(job('b'))
      await session.takeOne()
      await session.control({ kind: 'remove', id: 'nobody' })

      const reply = await session.resume()

      expect(reply.applied).toEqual({ [LANE.enqueue]: 2, [LANE.work]: 1, [LANE.control]: 1 })
    }),
    behaviour('does not count a claim that took nothing among the numbers applied', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.takeOne()
      await session.take(1)

      const reply = await session.resume()

      expect(reply.applied).toEqual({ [LANE.enqueue]: 1, [LANE.work]: 1 })
    }),
    behaviour('leaves what is named by its claim, also beside an older claim of the same job', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const older = await session.takeOne()
      await session.settle(giveBack(older))
      const newer = await session.takeOne()

      expect(idsOf((await session.resume(newer, older)).lost)).toEqual(['a'])
      expect(await kit.state('a')).toBe('processing')
      expect(idsOf((await session.resume(older, newer)).lost)).toEqual(['a'])
      expect(await kit.state('a')).toBe('processing')
    }),
    behaviour(
      'gives back what is held and not named: to the front, in the old order, attempt taken back',
      async (kit) => {
        const [session, other] = [await kit.session(), await kit.session()]
        await session.put(...jobs('j', 5))
        const held = await session.take(4)

        const reply = await session.resume(...held.slice(1, 2))

        expect(reply.lost).toEqual([])
        const taken = await other.take(5)
        expect(idsOf(taken)).toEqual(['j0', 'j2', 'j3', 'j4'])
        expect(taken.map((each) => [each.attempt, each.crashes])).toEqual([
          [1, 0],
          [1, 0],
          [1, 0],
          [1, 0],
        ])
      },
    ),
    behaviour('gives back the jobs of a claim whose reply never came', async (kit) => {
      const [session, other] = [await kit.session(), await kit.session()]
      await session.put(...jobs('j', 3))
      await kit.queue.claim(session.next(LANE.work), asRequest({ slots: 2 }), 0)

      await session.resume()

      expect(await session.renew()).toMatchObject({ held: 0 })
      expect(idsOf(await other.take(3))).toEqual(['j0', 'j1', 'j2'])
    }),
    behaviour('leaves what is named with its session, which settles it in the new epoch', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 2))
      const held = await session.take(2)

      await session.resume(...held)

      expect(await session.renew()).toMatchObject({ held: 2 })
      expect(await session.settle(...held.map((each) => success(each)))).toEqual(['ok', 'ok'])
    }),
    behaviour('tells which named jobs are not held', async (kit) => {
      const [session, other] = [await kit.session(), await kit.session()]
      await session.put(...jobs('j', 4))
      const held = await session.take(4)
      const [settled, expired, kept, again] = held.map(({ id, token }) => ({ id, token }))
      if (!settled || !expired || !kept || !again) expect.fail('four jobs are there')
      await session.settle(success(settled))
      await other.control({ kind: 'expire-lease', id: expired.id })
      await session.settle(giveBack(again))
      await other.take(2)

      const never = { id: 'nobody', token: 5 }
      const reply = await session.resume(settled, expired, kept, again, never)

      expect(reply.lost).toHaveLength(4)
      expect(reply.lost).toEqual(expect.arrayContaining([settled, expired, again, never]))
      expect(await session.renew()).toMatchObject({ held: 1 })
    }),
    behaviour('does not take a job for held that is named with another token', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const { id, token } = await session.takeOne()

      const reply = await session.resume({ id, token: token - 1 })

      expect(reply.lost).toEqual([{ id, token: token - 1 }])
      expect(await kit.state('a')).toBe('enqueued')
    }),
    behaviour('leaves the jobs of other sessions alone', async (kit) => {
      const [session, other] = [await kit.session(), await kit.session()]
      await session.put(...jobs('j', 2))
      const foreign = await other.takeOne()
      await session.takeOne()

      const { id, token } = foreign
      const reply = await session.resume({ id, token })

      expect(reply.lost).toEqual([{ id, token }])
      expect(await kit.states('j0', 'j1')).toEqual({ j0: 'processing', j1: 'enqueued' })
    }),
    behaviour('changes nothing more when it is repeated with the same epoch', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 2))
      const first = await session.takeOne()
      await session.resume(first)
      await session.takeOne()

      await kit.queue.resume(session.id, session.epoch, [first])

      expect(await session.renew()).toMatchObject({ held: 2 })
      await session.put(job('more'))
    }),
    behaviour('refuses an epoch lower than the one of the session', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.resume()
      await session.resume()
      await session.takeOne()

      await kit.refused(kit.queue.resume(session.id, 1, []), 'STALE_CALL')

      expect(await session.renew()).toMatchObject({ held: 1 })
    }),
    behaviour('renews the lease of what is named', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      await kit.advance(KIT_LEASE_MS * 0.75)

      await session.resume(held)
      await kit.advance(KIT_LEASE_MS * 0.75)

      expect(await session.settle(success(held))).toEqual(['ok'])
    }),
    behaviour('ends a job that is to be canceled and is not named as canceled', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.takeOne()
      await session.control({ kind: 'cancel', ids: ['a'], reason: 'enough', cascade: 'refuse' })

      await session.resume()

      expect(await kit.state('a')).toBe('canceled')
    }),
  ],
}
