import { DEFAULT_MAX_CRASHES } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import type { KitContext } from '../kit-context.ts'
import { idsOf } from '../session/claimed.ts'
import type { KitSession } from '../session/kit-session.ts'
import { job, jobs, value } from '../session/sample-job.ts'
import { crash, failureOf, retry, success } from '../session/sample-settlement.ts'

/** Jobs that take their workers down, and their neighbours. */
export const crashCases: KitGroup = {
  name: 'crashes',
  cases: [
    behaviour('runs a job again at once after its first crash, in front of its line', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'))

      await session.settle(crash(await session.takeOne()))

      expect(await kit.record('a')).toMatchObject({ state: 'enqueued', crashes: 1, failures: 0, attempt: 1 })
      expect(await session.takeOne()).toMatchObject({ id: 'a', attempt: 2, crashes: 1 })
    }),
    behaviour('runs a job again a second after its second crash', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await crashes(session, 2)

      const state = await kit.state('a')
      await kit.advance(1100)

      expect(state).toBe('scheduled')
      expect(await session.takeOne()).toMatchObject({ id: 'a', crashes: 2 })
    }),
    behaviour('waits five seconds after each crash from the third on', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { maxCrashes: 9 }))
      await crashes(session, 2)
      await kit.advance(1100)

      for (const count of [3, 4]) {
        await crashes(session, 1)
        await kit.advance(3000)
        expect(await kit.record('a')).toMatchObject({ state: 'scheduled', crashes: count })
        await kit.advance(2500)
      }

      expect(await session.takeOne()).toMatchObject({ crashes: 4 })
    }),
    behaviour('fails a job at its third crash as lost [G10]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await crashes(session, DEFAULT_MAX_CRASHES - 1)
      await kit.advance(1100)
      const held = await session.takeOne()

      expect(await session.settle(crash(held))).toEqual(['ok'])

      const text = 'lost: its worker exited with code 1'
      const record = await kit.record('a')
      expect(record).toMatchObject({ state: 'failed', kind: 'lost', crashes: 3 })
      expect(record.failure).toEqual(failureOf(held, { kind: 'lost', code: 'TASK_EXPIRED', text, group: 'lost' }))
      expect(await session.settle(success(held))).toEqual(['already'])
    }),
    behaviour('fails a job at its own number of crashes', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { maxCrashes: 1 }))

      await crashes(session, 1)

      expect(await kit.state('a')).toBe('failed')
    }),
    behaviour('fails a job at the number of crashes of its task', async (kit) => {
      const session = await kit.session({ tasks: { work: { maxCrashes: 2 } } })
      await session.put(job('a'))

      await crashes(session, 1)
      const state = await kit.state('a')
      await crashes(session, 1)

      expect([state, await kit.state('a')]).toEqual(['enqueued', 'failed'])
    }),
    behaviour('prefers the number of crashes of a job to that of its task', async (kit) => {
      const session = await kit.session({ tasks: { work: { maxCrashes: 1 } } })
      await session.put(job('a', { maxCrashes: 2 }))

      await crashes(session, 1)

      expect(await kit.state('a')).toBe('enqueued')
    }),
    behaviour('counts crashes apart from failures [G10]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await crashes(session, 1)
      await session.settle(retry(await session.takeOne()))
      await session.settle(retry(await session.takeOne()))

      await crashes(session, 1)

      expect(await kit.record('a')).toMatchObject({ state: 'scheduled', crashes: 2, failures: 2 })
    }),
    behaviour('fails the dependents of a job that crashed too often', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { maxCrashes: 1 }), job('b', { edges: [value('a')] }))

      await crashes(session, 1)

      expect(await kit.record('b')).toMatchObject({ state: 'failed', failure: { id: 'a', code: 'TASK_EXPIRED' } })
    }),
    behaviour('tells in the history that a job crashed [RQ-09]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      await crashes(session, 1)

      expect((await kit.record('a')).history.map((entry) => entry.what)).toEqual(['enqueued', 'claimed', 'crashed'])
    }),
    behaviour('gives a session one job with a crash behind it, and passes the others over', async (kit) => {
      const session = await twoSuspects(kit)

      expect(idsOf(await session.take(5))).toEqual(['j0', 'j2', 'j3'])
      expect(idsOf(await session.take(5))).toEqual([])
    }),
    behaviour('gives the jobs passed over to another session', async (kit) => {
      const [session, other] = [await twoSuspects(kit), await kit.session()]
      await session.take(5)

      expect(idsOf(await other.take(5))).toEqual(['j1'])
    }),
    behaviour('gives a session the next suspect when it has settled the first', async (kit) => {
      const session = await twoSuspects(kit)
      const [first] = await session.take(1)

      const reply = await session.settleAndClaim([success(first ?? expect.fail('j0 is there'))])

      expect(idsOf(reply.claim?.jobs ?? [])).toEqual(['j1'])
    }),
  ],
}

/** Take the next job and let it crash, so many times. */
async function crashes(session: KitSession, count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    expect(await session.settle(crash(await session.takeOne()))).toEqual(['ok'])
  }
}

/** A session, and jobs `j0` to `j3`, the first two with a crash behind them. */
async function twoSuspects(kit: KitContext): Promise<KitSession> {
  const session = await kit.session()
  await session.put(...jobs('j', 4))
  const held = await session.take(2)
  await session.settle(...held.map(crash))
  return session
}
