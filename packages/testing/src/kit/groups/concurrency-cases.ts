import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import type { KitContext } from '../kit-context.ts'
import { idsOf } from '../session/claimed.ts'
import type { KitSession } from '../session/kit-session.ts'
import { job, jobs, value } from '../session/sample-job.ts'
import { success } from '../session/sample-settlement.ts'
import { cancel } from './cancel-cases.ts'

/** Many clients at once. */
export const concurrencyCases: KitGroup = {
  name: 'many at once',
  cases: [
    behaviour('gives each job to exactly one of many claims that wait for it [G5]', async (kit) => {
      const sessions = await many(kit, 50)
      const claims = sessions.map((session) => session.takeOne({ waitMs: 120_000 }))
      const producer = await kit.producer()

      await producer.put(...jobs('j', 50))
      const taken = await kit.patience.within(Promise.all(claims), 'the claims')

      expect(idsOf(taken).sort()).toEqual(idsOf(jobs('j', 50)).sort())
    }),
    behaviour('gives each job to exactly one of many claims at the same time [G5] [RW-38]', async (kit) => {
      const sessions = await many(kit, 20)
      await sessions[0]?.put(...jobs('j', 100))

      const taken = await Promise.all(sessions.map((session) => session.take(7)))

      const ids = taken.flatMap(idsOf)
      expect(ids).toHaveLength(100)
      expect(new Set(ids).size).toBe(100)
    }),
    behaviour('gives each job to one of many lanes of one session', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 40))

      const taken = await Promise.all([3, 4, 5, 6].map((lane) => session.take(10, { lane })))

      expect(new Set(taken.flatMap(idsOf)).size).toBe(40)
      expect(await session.renew()).toMatchObject({ held: 40 })
    }),
    behaviour('loses no job and runs none twice while many enqueue and many work', async (kit) => {
      const [producers, workers] = [await many(kit, 4), await many(kit, 4)]
      const seen: string[] = []

      const putting = producers.map(async (producer, at) => {
        for (let batch = 0; batch < 10; batch += 1) await producer.put(...jobs(`${at}-${batch}-`, 25))
      })
      const working = workers.map(async (worker) => {
        while (seen.length < 1000) {
          const taken = await worker.take(10, { waitMs: 20 })
          seen.push(...idsOf(taken))
          if (taken.length > 0) await worker.settle(...taken.map((each) => success(each)))
        }
      })
      await kit.patience.within(Promise.all([...putting, ...working]), 'the end of the work')

      expect(new Set(seen).size).toBe(1000)
      expect((await kit.queue.counts()).get('default')).toMatchObject({ success: 1000, enqueued: 0, processing: 0 })
    }),
    behaviour('accepts one of many enqueues of one id [WQ-23]', async (kit) => {
      const sessions = await many(kit, 20)

      const answers = await Promise.all(sessions.map((session) => session.enqueue(job('a'))))

      expect(answers.flat().filter((answer) => answer === 'ok')).toHaveLength(1)
      expect(answers.flat().filter((answer) => answer !== 'ok')).toEqual(Array(19).fill({ code: 'duplicate' }))
    }),
    behaviour('releases a job once whose last needs are settled by many at the same time', async (kit) => {
      const sessions = await many(kit, 8)
      const [first] = sessions
      for (let round = 0; round < 5; round += 1) {
        const needs = jobs(`n${round}-`, 8)
        await first?.put(...needs, job(`sum${round}`, { edges: needs.map((each) => value(each.id)) }))
        const held = await Promise.all(sessions.map((session) => session.takeOne()))

        await Promise.all(sessions.map((session, at) => session.settle(success(held[at] ?? expect.fail('held')))))

        const taken = await Promise.all(sessions.map((session) => session.take(1)))
        expect(taken.flatMap(idsOf)).toEqual([`sum${round}`])
        await first?.settle(...taken.flat().map((each) => success(each)))
      }
    }),
    behaviour('never leaves a job waiting that is enqueued while what it needs is settled', async (kit) => {
      const [worker, producer] = [await kit.session(), await kit.producer()]

      for (let round = 0; round < 30; round += 1) {
        await producer.put(job(`a${round}`))
        const held = await worker.takeOne()
        await Promise.all([
          worker.settle(success(held, `"${round}"`)),
          producer.put(job(`b${round}`, { edges: [value(`a${round}`)] })),
        ])
        await worker.finish(`b${round}`)
      }
    }),
    behaviour('decides a job once that is settled and canceled at the same time', async (kit) => {
      const [worker, other] = [await kit.session(), await kit.producer()]

      for (let round = 0; round < 30; round += 1) {
        await worker.put(job(`a${round}`))
        const held = await worker.takeOne()
        const [[answer]] = await Promise.all([worker.settle(success(held)), other.control(cancel([`a${round}`]))])
        expect(await kit.state(`a${round}`)).toBe(answer === 'ok' ? 'success' : 'canceled')
      }
    }),
    behaviour('promotes each job once that is due, however many sweep', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 50, { delayMs: 30_000 }))
      await kit.queue.shiftClock(31_000)

      await Promise.all(Array.from({ length: 10 }, () => kit.queue.sweep()))
      await kit.sweepAll()

      const taken = await session.take(100)
      expect(idsOf(taken)).toEqual(idsOf(jobs('j', 50)))
      const { history } = await kit.record('j0')
      expect(history.filter((entry) => entry.what === 'due')).toHaveLength(1)
    }),
  ],
}

function many(kit: KitContext, count: number): Promise<KitSession[]> {
  return Promise.all(Array.from({ length: count }, () => kit.session()))
}
