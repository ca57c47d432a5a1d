import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { KIT_LEASE_MS } from '../kit-context.ts'
import { idsOf } from '../session/claimed.ts'
import { job, jobs } from '../session/sample-job.ts'
import { success } from '../session/sample-settlement.ts'

/** How long jobs stay with the session that claimed them. */
export const leaseCases: KitGroup = {
  name: 'leases',
  cases: [
    behaviour('keeps jobs with a session that renews [RQ-39]', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 3))
      const held = await session.take(3)

      for (let quarter = 0; quarter < 6; quarter += 1) {
        await kit.advance(KIT_LEASE_MS / 2)
        expect(await session.renew()).toMatchObject({ held: 3 })
      }

      expect(await session.settle(...held.map((each) => success(each)))).toEqual(['ok', 'ok', 'ok'])
    }),
    behaviour('keeps jobs with a silent session until its lease is over', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()

      await kit.advance(KIT_LEASE_MS * 0.8)

      expect(await session.settle(success(held))).toEqual(['ok'])
    }),
    behaviour('gives the jobs of a silent session to another when its lease is over [RQ-40]', async (kit) => {
      const [silent, other] = [await kit.session(), await kit.session()]
      await silent.put(job('a'))
      await silent.takeOne()

      await kit.advance(KIT_LEASE_MS * 1.5)

      expect(idsOf(await other.take(5))).toEqual(['a'])
    }),
    behaviour('ends a lease only by a sweep: nobody else acts on the time', async (kit) => {
      const [silent, other] = [await kit.session(), await kit.session()]
      await silent.put(job('a'))
      await silent.takeOne()
      await kit.advance(KIT_LEASE_MS * 0.8)

      await kit.queue.shiftClock(KIT_LEASE_MS * 0.3)

      expect(await other.take(5)).toEqual([])
      expect(await kit.state('a')).toBe('processing')
    }),
    behaviour('promotes a job that is due only by a sweep', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { delayMs: 60_000 }))

      await kit.queue.shiftClock(61_000)
      const before = await session.take(1)
      await kit.sweepAll()

      expect(before).toEqual([])
      expect(idsOf(await session.take(1))).toEqual(['a'])
    }),
    behaviour('lets a late renewal revive a session before a sweep has recorded its end', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      await kit.advance(KIT_LEASE_MS * 0.8)
      await kit.queue.shiftClock(KIT_LEASE_MS * 0.22)

      expect(await session.renew()).toMatchObject({ held: 1 })
      await kit.advance(KIT_LEASE_MS * 0.8)

      expect(await session.settle(success(held))).toEqual(['ok'])
    }),
    behaviour('lets a late settlement count before a sweep has recorded the end', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      await kit.advance(KIT_LEASE_MS * 0.8)
      await kit.queue.shiftClock(KIT_LEASE_MS * 0.22)

      expect(await session.settle(success(held))).toEqual(['ok'])
    }),
    behaviour('sets the lease anew with each claim that takes something', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 2))
      const first = await session.takeOne()
      await kit.advance(KIT_LEASE_MS * 0.7)

      await session.takeOne()
      await kit.advance(KIT_LEASE_MS * 0.7)

      expect(await session.settle(success(first))).toEqual(['ok'])
    }),
    behaviour('sets the lease anew with a claim in the step of a settle', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 3))
      const [first, second] = await session.take(2)
      if (!first || !second) expect.fail('two jobs are there')
      await kit.advance(KIT_LEASE_MS * 0.7)

      await session.settleAndClaim([success(first)])
      await kit.advance(KIT_LEASE_MS * 0.7)

      expect(await session.settle(success(second))).toEqual(['ok'])
    }),
    behaviour('starts the lease with the first claim, not with the session', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await kit.advance(KIT_LEASE_MS * 2)

      const held = await session.takeOne()
      await kit.advance(KIT_LEASE_MS * 0.8)

      expect(await session.settle(success(held))).toEqual(['ok'])
    }),
    behaviour('ends each session by its own lease', async (kit) => {
      const [short, long] = [await kit.session(), await kit.session({ leaseMs: KIT_LEASE_MS * 3 })]
      await short.put(...jobs('j', 2))
      await short.takeOne()
      const held = await long.takeOne()

      await kit.advance(KIT_LEASE_MS * 1.5)

      expect(await kit.states('j0', 'j1')).toEqual({ j0: 'enqueued', j1: 'processing' })
      expect(await long.settle(success(held))).toEqual(['ok'])
    }),
    behaviour('expires nobody after an outage of the backend [G20]', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 2))
      const held = await session.take(2)
      await kit.sweepAll()

      await kit.queue.shiftClock(KIT_LEASE_MS * 20)
      await kit.sweepAll()

      expect(await session.renew()).toMatchObject({ held: 2 })
      expect(await session.settle(...held.map((each) => success(each)))).toEqual(['ok', 'ok'])
    }),
    behaviour('gives every session one lease more after an outage, and no further', async (kit) => {
      const [silent, other] = [await kit.session(), await kit.session()]
      await silent.put(job('a'))
      await silent.takeOne()
      await kit.sweepAll()
      await kit.queue.shiftClock(KIT_LEASE_MS * 20)

      await kit.advance(KIT_LEASE_MS * 0.7)
      const within = await kit.state('a')
      await kit.advance(KIT_LEASE_MS)

      expect(within).toBe('processing')
      expect(idsOf(await other.take(1))).toEqual(['a'])
    }),
    behaviour('says when to sweep next: at the latest a quarter of a lease from now', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.takeOne()

      await kit.queue.shiftClock(200)
      const { next } = await kit.queue.sweep()

      expect(next).toBeLessThanOrEqual((await kit.queue.now()) + KIT_LEASE_MS / 4)
    }),
    behaviour('says when to sweep next: at the latest when something is due', async (kit) => {
      const session = await kit.producer()
      await session.put(job('later', { delayMs: 90_000 }), job('soon', { delayMs: 30_000 }))

      await kit.queue.shiftClock(200)
      const { next, more } = await kit.queue.sweep()

      const { runAt } = await kit.record('soon')
      expect(more).toBe(false)
      expect(next).toBeLessThanOrEqual(runAt ?? 0)
    }),
    behaviour('has nothing to sweep where there is nothing', async (kit) => {
      expect(await kit.queue.sweep()).toEqual({ more: false })
    }),
  ],
}
