import type { CancelCommand, Cascade } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { idsOf } from '../session/claimed.ts'
import { job, jobs } from '../session/sample-job.ts'
import { news, success } from '../session/sample-settlement.ts'
import { ENDED_STATES, jobIn } from './job-in-state.ts'
import { SETTLEMENTS } from './settle-cases.ts'

/** An order to cancel, with reason `enough`. */
export function cancel(ids: readonly string[], cascade: Cascade = 'refuse', reason = 'enough'): CancelCommand {
  return { kind: 'cancel', ids, reason, cascade }
}

/** Ending jobs for good, one by one: what waits is ended, what runs is told to stop. */
export const cancelCases: KitGroup = {
  name: 'cancel',
  cases: [
    ...(['enqueued', 'scheduled', 'deferred'] as const).map((state) =>
      behaviour(`ends a job that is ${state} at once, and never runs it [RQ-44]`, async (kit) => {
        const session = await kit.session()
        await jobIn(session, state)

        const answers = await session.control(cancel(['a']))

        expect(answers).toEqual([{ code: 'canceled', found: [state] }])
        const record = await kit.record('a')
        expect(record).toMatchObject({ state: 'canceled', kind: 'canceled', unmet: [] })
        expect(record.endedAt).toBeGreaterThanOrEqual(record.createdAt)
        await kit.advance(310_000)
        expect(idsOf(await session.take(5))).not.toContain('a')
      }),
    ),
    behaviour('keeps why a job was canceled', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'), job('b'))

      await session.control(cancel(['a']), cancel(['b'], 'refuse', ''))

      const failure = { kind: 'canceled', code: 'TASK_FAILED', group: 'canceled', task: 'work', queue: 'default' }
      expect((await kit.record('a')).failure).toMatchObject({ ...failure, id: 'a', text: 'canceled: enough' })
      expect((await kit.record('b')).failure).toMatchObject({ ...failure, id: 'b', text: 'canceled' })
    }),
    ...ENDED_STATES.map((state) =>
      behaviour(`leaves a job alone that is ${state} [RQ-44]`, async (kit) => {
        const session = await kit.session()
        await jobIn(session, state)
        const before = await kit.record('a')

        expect(await session.control(cancel(['a'], 'cancel', 'late'))).toEqual([{ code: 'canceled', found: [state] }])
        expect(await kit.record('a')).toEqual(before)
      }),
    ),
    behaviour('ignores unknown ids [RQ-44]', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'))

      const answers = await session.control(cancel(['nobody', 'a', 'none']))

      expect(answers).toEqual([{ code: 'canceled', found: [undefined, 'enqueued', undefined] }])
      expect(await kit.state('a')).toBe('canceled')
    }),
    behaviour('tells the owner of a running job to stop, until it settles [RQ-44] [RW-03]', async (kit) => {
      const [owner, other] = [await kit.session(), await kit.session()]
      await owner.put(job('a'), job('b'))
      const held = await owner.takeOne()
      const { id, token } = held
      await owner.takeOne()

      const answers = await other.control(cancel(['a']))

      expect(answers).toEqual([{ code: 'canceled', found: ['processing'] }])
      expect(await kit.record('a')).toMatchObject({ state: 'processing', canceling: 'enough' })
      const told = { held: 2, canceled: [{ id, token, reason: 'enough' }], lost: [] }
      expect(await owner.renew()).toEqual(told)
      expect(await owner.renew()).toEqual(told)
      await owner.settle(success(held))
      expect(await owner.renew()).toEqual({ held: 1, canceled: [], lost: [] })
    }),
    ...SETTLEMENTS.map(({ name, make }) =>
      behaviour(`ends a running job as canceled, whatever its owner settles: ${name} [RW-03] [RW-34]`, async (kit) => {
        const session = await kit.session()
        await session.put(job('a'), job('target'))
        const held = await session.takeOne()
        await session.control(cancel(['a']))

        expect(await session.settle(make(held))).toEqual(['canceled'])

        const record = await kit.record('a')
        expect(record).toMatchObject({ state: 'canceled', kind: 'canceled', failure: { text: 'canceled: enough' } })
        expect([record.canceling, record.session, record.token]).toEqual([undefined, undefined, undefined])
        expect(await kit.valueOf('a')).toBeUndefined()
      }),
    ),
    behaviour('answers a second settle of a job that ended as canceled by its token with already', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      await session.control(cancel(['a']))
      await session.settle(success(held))

      expect(await session.settle(success(held))).toEqual(['already'])
    }),
    behaviour('ends a running job as canceled when its session ends', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'))
      await session.take(2)
      await session.control(cancel(['a']))

      await session.end()

      expect(await kit.states('a', 'b')).toEqual({ a: 'canceled', b: 'enqueued' })
    }),
    behaviour('ends a running job as canceled when its lease is expired by hand', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.takeOne()
      await session.control(cancel(['a']))

      await session.control({ kind: 'expire-lease', id: 'a' })

      expect(await kit.state('a')).toBe('canceled')
    }),
    behaviour('lets a running job go on sending news that is to be canceled', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      await session.control(cancel(['a']))

      expect(await session.append(news(held, { progress: 0.9 }))).toEqual(['canceled'])
      expect(await session.renew()).toMatchObject({ held: 1 })
    }),
    behaviour('finds a running job processing when it is canceled again', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.takeOne()
      await session.control(cancel(['a']))

      expect(await session.control(cancel(['a']))).toEqual([{ code: 'canceled', found: ['processing'] }])
      expect(await kit.state('a')).toBe('processing')
    }),
    behaviour('keeps the record of a canceled job, with its history [RQ-09]', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'))

      await session.control(cancel(['a']))

      expect((await kit.record('a')).history.map((entry) => entry.what)).toEqual(['enqueued', 'canceled'])
      const counts = await kit.queue.counts('default')
      expect(counts.get('default')).toMatchObject({ enqueued: 0, canceled: 1 })
    }),
    behaviour('cancels a job that keeps no result like any other', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { ignoreResult: true }))
      const held = await session.takeOne()
      await session.control(cancel(['a']))

      expect(await session.settle(success(held))).toEqual(['canceled'])
      expect(await kit.state('a')).toBe('canceled')
    }),
    behaviour('cancels 1,000 jobs with one order, and refuses 1,001 before it changes anything', async (kit) => {
      const session = await kit.producer()
      for (let batch = 0; batch < 4; batch += 1) await session.put(...jobs(`${batch}-`, 250))
      const ids = Array.from({ length: 1000 }, (_, at) => `${Math.floor(at / 250)}-${at % 250}`)

      await kit.refused(session.control(cancel([...ids, 'one more'])), 'BATCH_TOO_LARGE')
      const before = await kit.state('0-0')
      await session.control(cancel(ids))
      await kit.sweepAll()

      expect(before).toBe('enqueued')
      expect((await kit.queue.counts()).get('default')).toMatchObject({ enqueued: 0, canceled: 1000 })
    }),
  ],
}
