import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { KIT_LEASE_MS, type KitContext } from '../kit-context.ts'
import { idsOf } from '../session/claimed.ts'
import type { KitSession } from '../session/kit-session.ts'
import { job, jobs, value } from '../session/sample-job.ts'
import { success } from '../session/sample-settlement.ts'
import { SESSION_CALLS } from './session-calls.ts'

/** What the end of a silent session does to it, to its jobs, and to their owners after. */
export const sessionEndCases: KitGroup = {
  name: 'the end of a lease',
  cases: [
    ...SESSION_CALLS.map(({ name, make }) =>
      behaviour(`answers ${name} of a session whose end was recorded with SESSION_ENDED`, async (kit) => {
        const session = await kit.session()
        await session.put(job('a'))
        await session.takeOne()
        await expire(kit)

        await kit.refused(make(session), 'SESSION_ENDED')

        expect(await kit.states('a', 'late')).toEqual({ a: 'enqueued', late: undefined })
      }),
    ),
    behaviour('voids the claims of a session with its end: its tokens count for nobody', async (kit) => {
      const [silent, other] = [await kit.session(), await kit.session()]
      await silent.put(job('a'))
      const held = await silent.takeOne()
      await expire(kit)

      expect(await other.settle(success(held))).toEqual(['lost'])
      const record = await kit.record('a')
      expect([record.state, record.session, record.token]).toEqual(['enqueued', undefined, undefined])
    }),
    behaviour('puts the jobs at the front of their lines, in the old order', async (kit) => {
      const [silent, other] = [await kit.session(), await kit.session()]
      await silent.put(...jobs('j', 5))
      await silent.take(1, { ahead: 2 })
      await expire(kit)

      // j0 is a suspect now, which does not keep it from the front.
      expect(idsOf(await other.take(5))).toEqual(['j0', 'j1', 'j2', 'j3', 'j4'])
    }),
    behaviour('hands the jobs out with higher tokens', async (kit) => {
      const [silent, other] = [await kit.session(), await kit.session()]
      await silent.put(job('a'))
      const first = await silent.takeOne()
      await expire(kit)

      expect((await other.takeOne()).token).toBeGreaterThan(first.token)
    }),
    behaviour('charges a crash to jobs held for a slot, and nothing to those handed out ahead', async (kit) => {
      const silent = await kit.session()
      await silent.put(...jobs('j', 3))
      await silent.take(2, { ahead: 1 })
      await expire(kit)

      expect(await kit.record('j0')).toMatchObject({ state: 'enqueued', crashes: 1, attempt: 1, failures: 0 })
      expect(await kit.record('j1')).toMatchObject({ state: 'enqueued', crashes: 1, attempt: 1, failures: 0 })
      expect(await kit.record('j2')).toMatchObject({ state: 'enqueued', crashes: 0, attempt: 0, failures: 0 })
    }),
    behaviour('charges the suspect alone where the session held one', async (kit) => {
      const silent = await kit.session()
      await silent.put(job('suspect'), ...jobs('j', 3))
      await lose(kit, await kit.session(), 1)

      await silent.take(3, { ahead: 1 })
      await expire(kit)

      expect(await kit.record('suspect')).toMatchObject({ crashes: 2 })
      for (const id of ['j0', 'j1', 'j2']) expect(await kit.record(id)).toMatchObject({ state: 'enqueued', crashes: 0 })
    }),
    behaviour('fails a job whose workers stopped answering too often as lost [G10]', async (kit) => {
      const producer = await kit.producer()
      await producer.put(job('a'), job('b', { edges: [value('a')] }))

      for (let count = 0; count < 3; count += 1) await lose(kit, await kit.session(), 1)

      const record = await kit.record('a')
      expect(record).toMatchObject({ state: 'failed', kind: 'lost', crashes: 3 })
      expect(record.failure).toMatchObject({ kind: 'lost', code: 'TASK_EXPIRED', group: 'lost', id: 'a', task: 'work' })
      expect(record.failure?.text).toBe('lost: its worker stopped answering 3 times')
      expect(await kit.record('b')).toMatchObject({ state: 'failed', failure: { id: 'a', kind: 'lost' } })
    }),
    behaviour('fails a job that may crash only once with the first session it is lost with [G2]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { maxCrashes: 1 }))

      await session.takeOne()
      await expire(kit)

      expect(await kit.record('a')).toMatchObject({ state: 'failed', kind: 'lost' })
    }),
    behaviour('takes the number of crashes from the task of the session that was lost', async (kit) => {
      const session = await kit.session({ tasks: { work: { maxCrashes: 1 } } })
      await session.put(job('a'))

      await session.takeOne()
      await expire(kit)

      expect(await kit.state('a')).toBe('failed')
    }),
    behaviour('does not delay a job that was lost with its session', async (kit) => {
      const producer = await kit.producer()
      await producer.put(job('a'))

      for (let count = 0; count < 2; count += 1) await lose(kit, await kit.session(), 1)

      expect(await kit.record('a')).toMatchObject({ state: 'enqueued', crashes: 2 })
    }),
    behaviour('ends a job as canceled that was to be canceled', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.takeOne()
      await session.control({ kind: 'cancel', ids: ['a'], reason: 'enough', cascade: 'refuse' })

      await expire(kit)

      expect(await kit.record('a')).toMatchObject({ state: 'canceled', failure: { text: 'canceled: enough' } })
    }),
    behaviour('tells in the history that a lease was lost [RQ-09]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.takeOne()

      await expire(kit)

      const { history } = await kit.record('a')
      expect(history.map((entry) => entry.what)).toEqual(['enqueued', 'claimed', 'lease-lost'])
    }),
    behaviour('never revives a session whose end was recorded', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.takeOne()
      await expire(kit)

      await kit.refused(session.renew(), 'SESSION_ENDED')
      await kit.refused(session.resume(), 'SESSION_ENDED')
      await kit.refused(session.renew(), 'SESSION_ENDED')
    }),
    behaviour('lets the client start again with a new session', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.takeOne()
      await expire(kit)

      const next = await kit.session()

      await next.finish('a')
    }),
    behaviour('keeps what a session enqueued when its lease ends', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'))
      await session.takeOne()

      await expire(kit)

      expect(await kit.state('b')).toBe('enqueued')
    }),
  ],
}

/** Let every lease end. */
async function expire(kit: KitContext): Promise<void> {
  await kit.advance(KIT_LEASE_MS * 1.5)
}

/** Take jobs, and never answer again. */
async function lose(kit: KitContext, session: KitSession, slots: number): Promise<void> {
  expect(await session.take(slots)).toHaveLength(slots)
  await expire(kit)
}
