import { SESSION_SILENCE_MS } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { KIT_LEASE_MS } from '../kit-context.ts'
import { idsOf } from '../session/claimed.ts'
import { KitSession } from '../session/kit-session.ts'
import { job, jobs } from '../session/sample-job.ts'
import { success } from '../session/sample-settlement.ts'
import { SESSION_CALLS } from './session-calls.ts'

/** How a session is known, and how it stays so. */
export const sessionCases: KitGroup = {
  name: 'sessions',
  cases: [
    ...SESSION_CALLS.map(({ name, make }) =>
      behaviour(`answers ${name} of a session it does not know with SESSION_UNKNOWN`, async (kit) => {
        await kit.refused(make(new KitSession(kit.queue)), 'SESSION_UNKNOWN')
      }),
    ),
    behaviour('opens a session twice as once, and keeps what it holds', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()

      await session.begin()

      expect(await session.renew()).toMatchObject({ held: 1 })
      expect(await session.settle(success(held))).toEqual(['ok'])
    }),
    behaviour('leaves an unknown session alone when it is told to end it', async (kit) => {
      await kit.queue.end('nobody')

      expect(await kit.queue.counts()).toEqual(new Map())
    }),
    behaviour(
      'gives what a session holds back to the front when it ends, in the old order, attempt taken back',
      async (kit) => {
        const [ending, other] = [await kit.session(), await kit.session()]
        await other.put(...jobs('j', 5))
        await ending.take(3)

        await ending.end()

        const taken = await other.take(5)
        expect(idsOf(taken)).toEqual(['j0', 'j1', 'j2', 'j3', 'j4'])
        expect(taken.map((each) => each.attempt)).toEqual([1, 1, 1, 1, 1])
        expect(taken.map((each) => each.crashes)).toEqual([0, 0, 0, 0, 0])
      },
    ),
    behaviour('ends a session twice as once', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.takeOne()

      await session.end()
      await session.end()

      expect(await kit.state('a')).toBe('enqueued')
    }),
    behaviour('takes nothing for a claim that arrives after its session ended', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      await session.end()

      await expect(session.claim()).rejects.toMatchObject({ code: expect.stringMatching(/^SESSION_/) })
      expect(await kit.state('a')).toBe('enqueued')
    }),
    behaviour('keeps a session that renews, however long it makes no other call', async (kit) => {
      const session = await kit.producer()

      for (let quarter = 0; quarter < 8; quarter += 1) {
        await kit.advance(SESSION_SILENCE_MS / 4)
        await session.renew()
      }

      await session.put(job('a'))
    }),
    behaviour('forgets a session that made no call for ten minutes', async (kit) => {
      const session = await kit.producer()

      await kit.advance(SESSION_SILENCE_MS + 60_000)

      await kit.refused(session.renew(), 'SESSION_UNKNOWN')
      await kit.refused(session.enqueue(job('a')), 'SESSION_UNKNOWN')
    }),
    behaviour('keeps the jobs that a forgotten session enqueued', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'))

      await kit.advance(SESSION_SILENCE_MS + 60_000)

      expect(await kit.state('a')).toBe('enqueued')
    }),
    behaviour('tells a session that renews how many jobs it holds', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 5))

      const before = await session.renew()
      const [first] = await session.take(3)
      await session.take(1, { lane: 3 })
      const during = await session.renew()
      await session.settle(success(first ?? expect.fail('nothing was claimed')))

      expect(before.held).toBe(0)
      expect(during.held).toBe(4)
      expect(await session.renew()).toEqual({ held: 3, canceled: [], lost: [] })
    }),
    behaviour('does not end the lease of a session that holds nothing', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'))
      await session.finish('a')

      await kit.advance(KIT_LEASE_MS * 3)

      expect(await session.renew()).toMatchObject({ held: 0 })
      await session.finish('b')
    }),
    behaviour('keeps what two sessions hold apart', async (kit) => {
      const [one, other] = [await kit.session(), await kit.session()]
      await one.put(...jobs('j', 3))
      await one.take(1)
      await other.take(2)

      await one.end()

      expect(await other.renew()).toMatchObject({ held: 2 })
      expect(await kit.states('j0', 'j1', 'j2')).toEqual({ j0: 'enqueued', j1: 'processing', j2: 'processing' })
    }),
  ],
}
