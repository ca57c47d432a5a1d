import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { idsOf } from '../session/claimed.ts'
import { asRequest, LANE } from '../session/kit-session.ts'
import { job, jobs, value } from '../session/sample-job.ts'
import { failure, giveBack, news, retry, success } from '../session/sample-settlement.ts'

/** Longer than patience: a claim that nothing wakes fails its case. */
const FOR_LONG_MS = 120_000

/** What a repeat of the last call is answered when the world has moved on since. */
export const replayCases: KitGroup = {
  name: 'repeated calls',
  cases: [
    behaviour('answers a repeated enqueue item by item as the first time', async (kit) => {
      const session = await kit.producer()
      await session.put(job('taken'))
      const batch = [job('a'), job('taken'), job('b', { edges: [value('nobody')] }), job('c', { edges: [value(1)] })]
      const first = await session.enqueue(...batch)

      const second = await kit.queue.enqueue(session.last(LANE.enqueue), batch)

      expect(second).toEqual(first)
      expect(first.map((each) => (typeof each === 'string' ? each : each.code))).toEqual([
        'ok',
        'duplicate',
        'no-such-job',
        'dependency',
      ])
    }),
    behaviour('does not store a job again that came, ran and went before its enqueue was repeated', async (kit) => {
      const session = await kit.session()
      const batch = [job('a', { ignoreResult: true })]
      await session.put(...batch)
      await session.finish('a')

      const second = await kit.queue.enqueue(session.last(LANE.enqueue), batch)

      expect(second).toEqual(['ok'])
      expect(await session.take(1)).toEqual([])
    }),
    behaviour('answers a repeated claim with the same jobs, tokens and values', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }), job('c'))
      await session.finish('a', '"of a"')
      const first = await session.claim({ slots: 1, ahead: 1 })

      const second = await kit.queue.claim(session.last(LANE.work), asRequest({ slots: 1, ahead: 1 }), 0)

      expect(idsOf(first.jobs).sort()).toEqual(['b', 'c'])
      expect(second).toEqual(first)
      expect(await session.renew()).toMatchObject({ held: 2 })
    }),
    behaviour('lets a claim see what came after a settle that found nothing, though it was repeated', async (kit) => {
      const [session, other, producer] = [await kit.session(), await kit.session(), await kit.producer()]
      await producer.put(job('a'))
      const held = await session.takeOne()
      await other.claim({ waitMs: 30 })
      const waiting = other.takeOne({ waitMs: FOR_LONG_MS })
      await other.renew()
      const first = await session.settleAndClaim([success(held)])
      await producer.put(job('b'))
      await kit.patience.within(waiting, 'the other claim')
      await producer.put(job('c'))

      const second = await kit.queue.settle(session.last(LANE.work), [success(held)], asRequest())

      expect(second).toEqual(first)
      const claim = session.takeOne({ waitMs: FOR_LONG_MS })
      expect((await kit.patience.within(claim, 'the claim')).id).toBe('c')
    }),
    behaviour('answers a repeated claim with the priority that its jobs had, whatever it is since', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { priority: 2 }))
      const first = await session.claim()
      await session.control({ kind: 'priority', id: 'a', priority: 5 }, { kind: 'priority', id: 'a', priority: 7 })

      const second = await kit.queue.claim(session.last(LANE.work), asRequest(), 0)

      expect(second).toEqual(first)
      expect(await kit.record('a')).toMatchObject({ priority: 7 })
    }),
    behaviour('leaves out of a repeated claim what was settled since', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 3))
      const [first, second, third] = await session.take(3)
      const call = session.last(LANE.work)
      if (!first || !second || !third) expect.fail('three jobs are there')
      const lane = { ...session.next(3), lane: 3 }
      await kit.queue.settle(lane, [success(first), giveBack(third)])

      const repeated = await kit.queue.claim(call, asRequest({ slots: 3 }), 0)

      expect(idsOf(repeated.jobs)).toEqual(['j1'])
      expect(repeated.jobs[0]?.token).toBe(second.token)
    }),
    behaviour('leaves out of a repeated claim what was taken away since', async (kit) => {
      const [session, other] = [await kit.session(), await kit.session()]
      await session.put(...jobs('j', 2))
      await session.take(2)
      await other.control({ kind: 'expire-lease', id: 'j0' })
      await other.takeOne()

      const repeated = await kit.queue.claim(session.last(LANE.work), asRequest({ slots: 2 }), 0)

      expect(idsOf(repeated.jobs)).toEqual(['j1'])
    }),
    behaviour('answers a repeated settle as the first time though the job runs elsewhere by now', async (kit) => {
      const [session, other] = [await kit.session(), await kit.session()]
      await session.put(job('a'))
      const held = await session.takeOne()
      const settlements = [retry(held)]
      await session.settle(...settlements)
      await other.takeOne()

      const repeated = await kit.queue.settle(session.last(LANE.work), settlements)

      expect(repeated.answers).toEqual(['ok'])
      expect(await kit.record('a')).toMatchObject({ state: 'processing', failures: 1 })
    }),
    behaviour('answers a repeated settle as the first time though the job is gone by now', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { ignoreResult: true }))
      const settlements = [success(await session.takeOne()), success({ id: 'nobody', token: 1 })]
      await session.settle(...settlements)

      const repeated = await kit.queue.settle(session.last(LANE.work), settlements)

      expect(repeated.answers).toEqual(['ok', 'lost'])
    }),
    behaviour('answers a repeated settle that claimed with the jobs of the first, and claims no more', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 4))
      const settlements = [success(await session.takeOne())]
      const first = await session.settleAndClaim(settlements, { slots: 2 })

      const repeated = await kit.queue.settle(session.last(LANE.work), settlements, asRequest({ slots: 2 }))

      expect(repeated).toEqual(first)
      expect(await session.renew()).toMatchObject({ held: 2 })
    }),
    behaviour('does not store the news of a repeated append over newer ones', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      await session.append(news(held, { progress: 0.1, output: '"old"' }))
      await kit.queue.append({ ...session.next(3), lane: 3 }, [news(held, { progress: 0.9, output: '"new"' })])

      const entries = [news(held, { progress: 0.1, output: '"old"' })]
      const repeated = await kit.queue.append(session.last(LANE.control), entries)

      expect(repeated).toEqual(['ok'])
      expect(await kit.record('a')).toMatchObject({ progress: 0.9, output: '"new"' })
    }),
    behaviour('does not drain again with a repeated control', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'))
      await session.control({ kind: 'drain', queue: 'default' })
      await session.put(job('b'))

      const repeated = await kit.queue.control(session.last(LANE.control), [{ kind: 'drain', queue: 'default' }])

      expect(repeated).toEqual([{ code: 'ok', count: 1 }])
      expect(await kit.states('a', 'b')).toEqual({ a: 'canceled', b: 'enqueued' })
    }),
    behaviour('tells a repeated cancel the states that the first one found', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'))
      const cancel = { kind: 'cancel', ids: ['a', 'nobody'], reason: '', cascade: 'refuse' } as const
      const first = await session.control(cancel)

      const repeated = await kit.queue.control(session.last(LANE.control), [cancel])

      expect(first).toEqual([{ code: 'canceled', found: ['enqueued', undefined] }])
      expect(repeated).toEqual(first)
    }),
    behaviour('answers a settle that decided before with already, and keeps the first result [G6]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.finish('a', '"first"')

      const answers = await session.settle(success(held, '"second"'), failure(held))

      expect(answers).toEqual(['already', 'already'])
      expect(await kit.valueOf('a')).toBe('"first"')
    }),
  ],
}
