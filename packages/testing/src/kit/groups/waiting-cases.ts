import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { KIT_LEASE_MS, type KitContext } from '../kit-context.ts'
import { idsOf } from '../session/claimed.ts'
import { asRequest, type KitSession, LANE } from '../session/kit-session.ts'
import { job, jobs, order } from '../session/sample-job.ts'
import { failure, giveBack, retry, success } from '../session/sample-settlement.ts'
import { cancel } from './cancel-cases.ts'

/** Longer than patience: a claim that nothing wakes fails its case. */
const FOR_LONG_MS = 120_000

/** Claims that wait for a job: what wakes them, and what ends them. */
export const waitingCases: KitGroup = {
  name: 'waiting claims',
  cases: [
    behaviour('wakes a waiting claim when a job is enqueued [G20]', async (kit) => {
      const claimed = await wokenBy(kit, (session) => session.put(job('a')))

      expect(claimed).toEqual(['a'])
    }),
    behaviour('wakes a waiting claim when a job is released', async (kit) => {
      const worker = await kit.session()
      await worker.put(job('a'), job('b', { edges: [order('a')] }))
      const held = await worker.takeOne()

      expect(await wokenBy(kit, () => worker.settle(success(held)))).toEqual(['b'])
    }),
    behaviour('wakes a waiting claim when a job is released by a failure', async (kit) => {
      const worker = await kit.session()
      await worker.put(job('a'), job('b', { edges: [order('a', 'pass')] }))
      const held = await worker.takeOne()

      expect(await wokenBy(kit, () => worker.settle(failure(held)))).toEqual(['b'])
    }),
    behaviour('wakes a waiting claim when a job is given back or retried', async (kit) => {
      const worker = await kit.session()
      await worker.put(job('a'))
      const held = await worker.takeOne()

      expect(await wokenBy(kit, () => worker.settle(giveBack(held)))).toEqual(['a'])
      await kit.sweepAll()
      await worker.put(job('b'))
      const second = await worker.takeOne()
      expect(await wokenBy(kit, () => worker.settle(retry(second)))).toEqual(['b'])
    }),
    behaviour('wakes a waiting claim when a session ends, or resumes without a job', async (kit) => {
      const [ending, resuming] = [await kit.session(), await kit.session()]
      await ending.put(job('a'), job('b'))
      await ending.takeOne()
      await resuming.takeOne()

      expect(await wokenBy(kit, () => ending.end())).toEqual(['a'])
      expect(await wokenBy(kit, () => resuming.resume())).toEqual(['b'])
    }),
    behaviour('wakes a waiting claim when an order frees a job', async (kit) => {
      const worker = await kit.session()
      await worker.put(job('held'), job('b', { edges: [order('held')] }), job('c', { edges: [order('held', 'pass')] }))
      await worker.takeOne()

      const undepend = { kind: 'undepend', id: 'b', on: 'all' } as const
      expect(await wokenBy(kit, () => worker.control(undepend))).toEqual(['b'])
      expect(await wokenBy(kit, () => worker.control({ kind: 'expire-lease', id: 'held' }))).toEqual(['held'])
      await worker.put(job('d'), job('e', { edges: [order('d', 'pass')] }))
      expect(idsOf(await worker.take(1))).toEqual(['d'])
    }),
    behaviour('wakes a waiting claim when a canceled job releases another', async (kit) => {
      const worker = await kit.session()
      await worker.put(job('a', { delayMs: 60_000 }), job('b', { edges: [order('a', 'pass')] }))

      expect(await wokenBy(kit, () => worker.control(cancel(['a'], 'release')))).toEqual(['b'])
    }),
    behaviour('wakes a waiting claim when a sweep finds a job due', async (kit) => {
      const producer = await kit.producer()
      await producer.put(job('a', { delayMs: 60_000 }))

      expect(await wokenBy(kit, () => kit.advance(61_000))).toEqual(['a'])
    }),
    behaviour('wakes a waiting claim when a sweep ends a lease [RQ-40]', async (kit) => {
      const silent = await kit.session()
      await silent.put(job('a'))
      await silent.takeOne()

      expect(await wokenBy(kit, () => kit.advance(KIT_LEASE_MS * 1.5))).toEqual(['a'])
    }),
    behaviour('does not wake a claim for a job of another queue', async (kit) => {
      const [waiting, other] = [await kit.session(), await kit.session()]
      const claim = waiting.takeOne({ waitMs: FOR_LONG_MS, queues: ['mine'] })

      await other.put(job('a'), job('b', { queue: 'mine' }))

      expect((await kit.patience.within(claim, 'the claim')).id).toBe('b')
      expect(await kit.state('a')).toBe('enqueued')
    }),
    behaviour('wakes a claim that waits for several queues, or for queues in turn', async (kit) => {
      const [one, other, producer] = [await kit.session(), await kit.session(), await kit.producer()]
      const claims = [
        one.takeOne({ waitMs: FOR_LONG_MS, queues: ['x', 'y'] }),
        other.takeOne({ waitMs: FOR_LONG_MS, queues: { fair: ['v', 'w'] } }),
      ]

      await producer.put(job('a', { queue: 'y' }), job('b', { queue: 'w' }))

      expect(idsOf(await kit.patience.within(Promise.all(claims), 'the claims'))).toEqual(['a', 'b'])
    }),
    behaviour('gives one job to one of many waiting claims, and leaves the others waiting', async (kit) => {
      const sessions = await Promise.all(Array.from({ length: 5 }, () => kit.session()))
      const claims = sessions.map((session) => session.takeOne({ waitMs: FOR_LONG_MS }))
      const producer = await kit.producer()

      await producer.put(job('a'))
      await kit.patience.within(Promise.race(claims), 'the first claim')
      await producer.put(...jobs('b', 4))
      const taken = await kit.patience.within(Promise.all(claims), 'the claims')

      expect(idsOf(taken).sort()).toEqual(['a', 'b0', 'b1', 'b2', 'b3'])
    }),
    behaviour('ends a waiting claim with nothing when its time is up', async (kit) => {
      const session = await kit.session()

      const claim = session.claim({ waitMs: 30 })

      expect(await kit.patience.within(claim, 'the end of the claim')).toEqual({ jobs: [], values: [] })
    }),
    behaviour('ends a waiting claim with nothing when it is aborted, and its number may be used again', async (kit) => {
      const session = await kit.session()
      const abort = new AbortController()
      const call = session.next(LANE.work)
      const claim = kit.queue.claim(call, asRequest(), FOR_LONG_MS, abort.signal)

      abort.abort()

      expect(await kit.patience.within(claim, 'the end of the claim')).toEqual({ jobs: [], values: [] })
      await session.put(job('a'))
      expect(idsOf((await kit.queue.claim(call, asRequest(), 0)).jobs)).toEqual(['a'])
    }),
    behaviour('loses no job to a claim that is aborted while one arrives', async (kit) => {
      const [session, producer, finder] = [await kit.session(), await kit.producer(), await kit.session()]

      for (let round = 0; round < 30; round += 1) {
        const abort = new AbortController()
        const claim = session.claim({ waitMs: FOR_LONG_MS, signal: abort.signal })
        const put = producer.put(job(`a${round}`))
        if (round % 3 === 0) await Promise.resolve()
        abort.abort()
        const [{ jobs: taken }] = await kit.patience.within(Promise.all([claim, put]), 'the claim')
        const left = await finder.take(1)
        expect(idsOf([...taken, ...left])).toEqual([`a${round}`])
        await finder.settle(...[...taken, ...left].map((each) => success(each)))
      }
    }),
    behaviour('answers a waiting claim with nothing when its queue is closed', async (kit) => {
      const session = await kit.session()
      const claim = session.claim({ waitMs: FOR_LONG_MS })

      await kit.queue.close()

      expect(await kit.patience.within(claim, 'the end of the claim')).toEqual({ jobs: [], values: [] })
    }),
  ],
}

/** The ids of what a waiting claim gets when something happens after it began. */
async function wokenBy(kit: KitContext, happen: (session: KitSession) => Promise<unknown>): Promise<string[]> {
  const [waiting, other] = [await kit.session(), await kit.session()]
  const claim = waiting.take(1, { waitMs: FOR_LONG_MS })
  // Not before the claim has arrived: a round trip of the same session is behind it.
  await waiting.renew()
  await happen(other)
  return idsOf(await kit.patience.within(claim, 'the waking of the claim'))
}
