import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { idsOf } from '../session/claimed.ts'
import { asRequest, LANE } from '../session/kit-session.ts'
import { job, jobs } from '../session/sample-job.ts'
import { news, success } from '../session/sample-settlement.ts'
import { NUMBERED_CALLS } from './session-calls.ts'

/** Which calls are applied, and which come too late. */
export const numberedCallCases: KitGroup = {
  name: 'numbered calls',
  cases: [
    ...NUMBERED_CALLS.map(({ name, make }) =>
      behaviour(`answers ${name} of an older epoch with STALE_CALL`, async (kit) => {
        const session = await kit.session()
        await kit.queue.resume(session.id, 1, [])

        await kit.refused(make(session), 'STALE_CALL')

        expect(await kit.queue.counts()).toEqual(new Map())
      }),
    ),
    behaviour('refuses an enqueue with a lower number, and stores nothing', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const older = session.last(LANE.enqueue)
      await session.put(job('b'))

      await kit.refused(kit.queue.enqueue(older, [job('c')]), 'STALE_CALL')

      expect(await kit.state('c')).toBeUndefined()
    }),
    behaviour('refuses a claim with a lower number, and takes nothing', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 3))
      await session.takeOne()
      const older = session.last(LANE.work)
      await session.takeOne()

      await kit.refused(kit.queue.claim(older, asRequest(), 0), 'STALE_CALL')

      expect(await kit.state('j2')).toBe('enqueued')
    }),
    behaviour('refuses a settle with a lower number, and decides nothing', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 2))
      await session.takeOne()
      const older = session.last(LANE.work)
      const held = await session.takeOne()

      await kit.refused(kit.queue.settle(older, [success(held)]), 'STALE_CALL')

      expect(await kit.state(held.id)).toBe('processing')
    }),
    behaviour('refuses an append with a lower number, and stores nothing', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      await session.append(news(held, { progress: 0.1 }))
      const older = session.last(LANE.control)
      await session.append(news(held, { progress: 0.2 }))

      await kit.refused(kit.queue.append(older, [news(held, { progress: 0.9 })]), 'STALE_CALL')

      expect(await kit.record('a')).toMatchObject({ progress: 0.2 })
    }),
    behaviour('refuses a control with a lower number, and obeys nothing', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.control({ kind: 'priority', id: 'a', priority: 1 })
      const older = session.last(LANE.control)
      await session.control({ kind: 'priority', id: 'a', priority: 2 })

      await kit.refused(kit.queue.control(older, [{ kind: 'drain', queue: 'default' }]), 'STALE_CALL')

      expect(await kit.state('a')).toBe('enqueued')
    }),
    behaviour('takes numbers with gaps between them', async (kit) => {
      const session = await kit.session()
      const { number, ...rest } = session.next(LANE.enqueue)

      const first = await kit.queue.enqueue({ ...rest, number: number + 5 }, [job('a')])
      const second = await kit.queue.enqueue({ ...rest, number: number + 90 }, [job('b')])

      expect([...first, ...second]).toEqual(['ok', 'ok'])
      await kit.refused(kit.queue.enqueue({ ...rest, number: number + 50 }, [job('c')]), 'STALE_CALL')
    }),
    behaviour('counts the numbers of each lane apart', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 4))
      const call = session.next(3)

      const high = await kit.queue.claim({ ...call, lane: 3, number: 7 }, asRequest(), 0)
      const low = await kit.queue.claim({ ...call, lane: 4, number: 1 }, asRequest(), 0)

      expect(idsOf([...high.jobs, ...low.jobs])).toEqual(['j0', 'j1'])
    }),
    behaviour('counts the numbers of each session apart', async (kit) => {
      const [one, other] = [await kit.session(), await kit.session()]
      await one.put(job('a'))

      await other.put(job('b'))

      expect(await kit.states('a', 'b')).toEqual({ a: 'enqueued', b: 'enqueued' })
    }),
    behaviour('counts the number of a claim that took nothing as not applied', async (kit) => {
      const session = await kit.session()
      const call = session.next(LANE.work)

      const nothing = await kit.queue.claim(call, asRequest(), 0)
      await session.put(job('a'))
      const something = await kit.queue.claim(call, asRequest(), 0)

      expect(nothing).toEqual({ jobs: [], values: [] })
      expect(idsOf(something.jobs)).toEqual(['a'])
    }),
    behaviour('takes any call with the number of a claim that took nothing', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      const call = session.next(LANE.work)
      await kit.queue.claim(call, asRequest(), 0)

      const reply = await kit.queue.settle(call, [success(held)])

      expect(reply.answers).toEqual(['ok'])
    }),
  ],
}
