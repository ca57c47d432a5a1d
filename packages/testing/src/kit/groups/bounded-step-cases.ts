import { type JobState, MAX_INLINE_STEPS, type NewJob } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { KIT_LEASE_MS, type KitContext } from '../kit-context.ts'
import { idsOf } from '../session/claimed.ts'
import type { KitSession } from '../session/kit-session.ts'
import { job, jobs, order, value } from '../session/sample-job.ts'
import { failure, failureOf, forward, success } from '../session/sample-settlement.ts'
import { cancel } from './cancel-cases.ts'
import { hold, inState, putAll, THOUSAND, withDependents } from './thousands.ts'

/** One item may have consequences without bound; a call works off so many, and leaves the rest for later. */
export const boundedStepCases: KitGroup = {
  name: 'bounded steps',
  cases: [
    behaviour('releases no more than 256 of a thousand dependents inline, and all of them by sweeps', async (kit) => {
      const session = await withDependents(kit, 'value')

      await session.finish('a', '"v"')

      expect(await inState(kit, 'enqueued')).toBeLessThanOrEqual(MAX_INLINE_STEPS)
      await expectSteps(kit, 'enqueued', THOUSAND)
      const taken = await takeAll(session)
      expect(new Set(taken).size).toBe(THOUSAND)
      expect(taken).toHaveLength(THOUSAND)
    }),
    behaviour('releases the rest of the dependents by claims, where nobody sweeps', async (kit) => {
      const session = await withDependents(kit, 'order')
      await session.finish('a')

      const taken = await takeAll(session)

      expect(new Set(taken).size).toBe(THOUSAND)
    }),
    behaviour('releases the rest of the dependents by settles, where nobody sweeps', async (kit) => {
      const session = await withDependents(kit, 'order')
      await session.put(...jobs('other', 10, { queue: 'other' }))
      const held = await session.take(10, { queues: ['other'] })
      await session.finish('a')

      for (const each of held) await session.settle(success(each))

      expect(await inState(kit, 'enqueued')).toBe(THOUSAND)
    }),
    behaviour('releases each dependent once, in the order in which they were enqueued', async (kit) => {
      const session = await withDependents(kit, 'order')

      await session.finish('a')
      await kit.sweepAll()

      expect(await takeAll(session)).toEqual(idsOf(jobs('d', THOUSAND)))
      const records = await kit.queue.read(['d0', 'd500', 'd999'])
      for (const record of records) {
        expect(record?.history.filter((entry) => entry.what === 'released')).toHaveLength(1)
      }
    }),
    behaviour('fails a chain of a thousand in steps, each with the failure of the first', async (kit) => {
      const session = await kit.session()
      const chain = Array.from({ length: THOUSAND }, (_, at) => job(`c${at}`, edgeTo(at)))
      await putAll(session, chain)
      const held = await session.takeOne()

      await session.settle(failure(held))

      expect(await inState(kit, 'failed')).toBeLessThanOrEqual(MAX_INLINE_STEPS + 1)
      await expectSteps(kit, 'failed', THOUSAND)
      const last = await kit.record('c999')
      expect(last).toMatchObject({ state: 'failed', kind: 'dependency-failed' })
      expect(last.failure).toEqual(failureOf(held))
    }),
    behaviour('cancels a thousand dependents in steps', async (kit) => {
      const session = await withDependents(kit, 'order')

      await session.control(cancel(['a'], 'cancel'))

      expect(await inState(kit, 'canceled')).toBeLessThanOrEqual(MAX_INLINE_STEPS + 1)
      await expectSteps(kit, 'canceled', THOUSAND + 1)
      expect(await session.take(5)).toEqual([])
    }),
    behaviour('drains a thousand jobs in steps', async (kit) => {
      const session = await kit.session()
      await putAll(session, jobs('j', THOUSAND))

      const answers = await session.control({ kind: 'drain', queue: 'default' })

      expect(answers).toEqual([{ code: 'ok', count: THOUSAND }])
      expect(await inState(kit, 'canceled')).toBeLessThanOrEqual(MAX_INLINE_STEPS)
      await expectSteps(kit, 'canceled', THOUSAND)
    }),
    behaviour(
      'gives 600 jobs of a session back in steps whose lease ended, and none is claimable by its token',
      async (kit) => {
        const [silent, other] = [await kit.session(), await kit.session()]
        const held = await hold(silent, 600)
        await kit.advance(KIT_LEASE_MS * 0.9)
        await kit.queue.shiftClock(KIT_LEASE_MS * 0.15)

        const { more } = await kit.queue.sweep()

        expect(more).toBe(true)
        expect(await inState(kit, 'enqueued')).toBeLessThanOrEqual(MAX_INLINE_STEPS)
        expect(await other.settle(...held.slice(-3).map((each) => success(each)))).toEqual(['lost', 'lost', 'lost'])
        await kit.sweepAll()
        expect(await inState(kit, 'enqueued')).toBe(600)
      },
    ),
    behaviour('gives 600 jobs back in steps whose session was ended, in their old order', async (kit) => {
      const [ending, other] = [await kit.session(), await kit.session()]
      await hold(ending, 600)

      await ending.end()
      const inline = await inState(kit, 'enqueued')
      await kit.sweepAll()

      expect(inline).toBeLessThanOrEqual(MAX_INLINE_STEPS)
      expect(await takeAll(other)).toEqual(idsOf(jobs('j', 600)))
    }),
    behaviour('gives 600 jobs back whose session was ended, though one begins under its id at once', async (kit) => {
      const ending = await kit.session()
      const held = await hold(ending, 600)

      await ending.end()
      const next = await kit.session({ id: ending.id })
      const late = await next.settle(...held.slice(-3).map((each) => success(each)))
      const [taken] = await next.take(1)
      await kit.sweepAll()

      expect(late).toEqual(['lost', 'lost', 'lost'])
      expect(taken?.id).toBe('j0')
      expect([await inState(kit, 'enqueued'), await inState(kit, 'processing')]).toEqual([599, 1])
    }),
    behaviour('ends 600 jobs in steps that forward to one', async (kit) => {
      const session = await kit.session()
      await session.put(job('answers', { priority: -1 }))
      const held = await hold(session, 600)
      for (let at = 0; at < held.length; at += 200) {
        await session.settle(...held.slice(at, at + 200).map((each) => forward(each, 'answers')))
      }

      await session.finish('answers', '"all"')

      expect(await inState(kit, 'success')).toBeLessThanOrEqual(MAX_INLINE_STEPS + 1)
      await expectSteps(kit, 'success', 601)
    }),
    behaviour('promotes a thousand jobs in order that become due together', async (kit) => {
      const session = await kit.session()
      await putAll(session, jobs('j', THOUSAND, { delayMs: 60_000 }))

      await kit.advance(90_000)

      expect(await takeAll(session)).toEqual(idsOf(jobs('j', THOUSAND)))
    }),
    behaviour('follows a line of a thousand forwards to its end', async (kit) => {
      const session = await kit.session()
      await session.put(job('t0'))
      for (let at = 0; at < THOUSAND; at += 1) {
        const held = await session.takeOne()
        await session.put(job(`t${at + 1}`, { parent: { id: held.id, token: held.token } }))
        await session.settle(forward(held, `t${at + 1}`))
      }

      await session.finish(`t${THOUSAND}`, '"end"')
      await kit.sweepAll()

      expect((await kit.queue.counts()).get('default')).toMatchObject({ success: THOUSAND + 1, deferred: 0 })
      await session.put(job('reads', { edges: [value('t0')] }))
      expect((await session.claim()).values).toEqual([{ kind: 'value', payload: '"end"' }])
    }),
  ],
}

function edgeTo(at: number): Partial<NewJob> {
  return at === 0 ? {} : { edges: [order(`c${at - 1}`)] }
}

/** Far more sweeps than the largest case needs. */
const MOST_SWEEPS = 40

/** Each sweep does no more steps than it may, and says that there is more until all is done. */
async function expectSteps(kit: KitContext, state: JobState, all: number): Promise<void> {
  let before = await inState(kit, state)
  expect(before).toBeLessThan(all)
  for (let sweeps = 0, more = true; more; sweeps += 1) {
    expect(sweeps).toBeLessThan(MOST_SWEEPS)
    await kit.queue.shiftClock(101)
    more = (await kit.queue.sweep()).more
    const now = await inState(kit, state)
    expect(now - before).toBeLessThanOrEqual(MAX_INLINE_STEPS)
    before = now
  }
  expect(before).toBe(all)
}

async function takeAll(session: KitSession): Promise<string[]> {
  const ids: string[] = []
  for (let round = 0; round < 40; round += 1) {
    const taken = await session.take(250)
    if (taken.length === 0) return ids
    ids.push(...idsOf(taken))
  }
  expect.fail('there is no end to what is handed out')
}
