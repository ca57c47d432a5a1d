import type { HeldJob, Settlement } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { idsOf } from '../session/claimed.ts'
import { job, jobs, order } from '../session/sample-job.ts'
import {
  crash,
  failure,
  failureOf,
  forward,
  giveBack,
  retry,
  success,
  unknownTask,
} from '../session/sample-settlement.ts'

/** Every thing that can become of a claim. */
export const SETTLEMENTS: readonly { readonly name: string; make(held: HeldJob): Settlement }[] = [
  { name: 'success', make: (held) => success(held) },
  { name: 'failure', make: (held) => failure(held) },
  { name: 'retry', make: (held) => retry(held) },
  { name: 'forward', make: (held) => forward(held, 'target') },
  { name: 'return', make: (held) => giveBack(held) },
  { name: 'crash', make: (held) => crash(held) },
  { name: 'unknown-task', make: (held) => unknownTask(held) },
]

/** Who may say what became of a job, and what follows. */
export const settleCases: KitGroup = {
  name: 'settle',
  cases: [
    ...SETTLEMENTS.map(({ name, make }) =>
      behaviour(`answers a ${name} with an old token with lost, and changes nothing [G5]`, async (kit) => {
        const session = await kit.session()
        await session.put(job('a'), job('target'))
        const old = await session.takeOne()
        await session.settle(giveBack(old))
        await session.takeOne()
        const before = await kit.record('a')

        expect(await session.settle(make(old))).toEqual(['lost'])
        expect(await kit.record('a')).toEqual(before)
      }),
    ),
    ...SETTLEMENTS.map(({ name, make }) =>
      behaviour(`leaves a job alone that is not processing, whatever ${name} says`, async (kit) => {
        const session = await kit.session()
        await session.put(job('a'), job('target'))
        const old = await session.takeOne()
        await session.settle(giveBack(old))
        const before = await kit.record('a')

        const answers = await session.settle(make(old), make({ id: 'nobody', token: old.token }))

        expect(answers).toEqual(['lost', 'lost'])
        expect(await kit.record('a')).toEqual(before)
      }),
    ),
    behaviour('ends a job well, with its result and the time [RQ-35]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      await session.finish('a', '"result"')

      const record = await kit.record('a')
      expect(record).toMatchObject({ state: 'success', attempt: 1 })
      expect(record.endedAt).toBeGreaterThanOrEqual(record.claimedAt ?? Number.POSITIVE_INFINITY)
      expect([record.session, record.token, record.failure]).toEqual([undefined, undefined, undefined])
      expect(record.history.map((entry) => entry.what)).toEqual(['enqueued', 'claimed', 'success'])
      expect(await kit.valueOf('a')).toBe('"result"')
    }),
    behaviour('ends a job badly, with its failure and the time [RQ-37]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()

      await session.settle(failure(held))

      const record = await kit.record('a')
      expect(record).toMatchObject({ state: 'failed', kind: 'exception', failure: failureOf(held) })
      expect(record.endedAt).toBeGreaterThanOrEqual(record.claimedAt ?? Number.POSITIVE_INFINITY)
      expect(record.history.at(-1)?.what).toBe('failed')
    }),
    behaviour('frees the slot of a job that is settled', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 2))
      const held = await session.take(2)

      await session.settle(...held.map((each) => success(each)))

      expect(await session.renew()).toMatchObject({ held: 0 })
    }),
    behaviour('answers settlements in their order, and lets a bad one spoil no other', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 3))
      const [first, second, third] = await session.take(3)
      if (!first || !second || !third) expect.fail('three jobs are there')

      const answers = await session.settle(
        success(first),
        success({ id: 'nobody', token: 1 }),
        success({ id: second.id, token: second.token - 1 }),
        failure(third),
        success(second),
      )

      expect(answers).toEqual(['ok', 'lost', 'lost', 'ok', 'ok'])
    }),
    behaviour('settles 256 jobs with one call', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 256))
      const held = await session.take(256)

      const answers = await session.settle(...held.map((each) => success(each)))

      expect(answers).toEqual(held.map(() => 'ok'))
      const counts = await kit.queue.counts('default')
      expect(counts.get('default')).toMatchObject({ success: 256, processing: 0 })
    }),
    behaviour('judges a settlement by id and token, whoever sends it', async (kit) => {
      const [owner, other] = [await kit.session(), await kit.session()]
      await owner.put(job('a'))
      const held = await owner.takeOne()

      expect(await other.settle(success(held))).toEqual(['ok'])
      expect(await owner.renew()).toMatchObject({ held: 0 })
    }),
    behaviour('claims jobs in the same step, those it has released among them', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('after a', { edges: [order('a')], priority: 1 }))
      const held = await session.takeOne()

      const reply = await session.settleAndClaim([success(held)], { slots: 5 })

      expect(reply.answers).toEqual(['ok'])
      expect(idsOf(reply.claim?.jobs ?? [])).toEqual(['after a', 'b'])
    }),
    behaviour('claims a job again in the step that retried it', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      const reply = await session.settleAndClaim([retry(await session.takeOne())])

      expect(reply.claim?.jobs).toMatchObject([{ id: 'a', attempt: 2, failures: 1 }])
    }),
    behaviour('answers at once where a claim in the same step finds nothing', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      const reply = await session.settleAndClaim([success(await session.takeOne())])

      expect(reply).toEqual({ answers: ['ok'], claim: { jobs: [], values: [] } })
    }),
    behaviour('leaves the claim out of the answer where none was asked for', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()

      const reply = await kit.queue.settle(session.next(1), [success(held)])

      expect(reply.claim).toBeUndefined()
    }),
    behaviour('claims in the step of a settle that is answered with lost', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      const reply = await session.settleAndClaim([success({ id: 'nobody', token: 1 })])

      expect(reply.answers).toEqual(['lost'])
      expect(idsOf(reply.claim?.jobs ?? [])).toEqual(['a'])
    }),
    behaviour('removes a job that keeps no result as soon as it succeeds [WQ-26]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { ignoreResult: true }))

      const held = await session.finish('a', '"lost"')

      expect(await kit.state('a')).toBeUndefined()
      expect(await kit.valueOf('a')).toBeUndefined()
      expect(await session.settle(success(held))).toEqual(['lost'])
      expect((await kit.queue.counts()).get('default')?.success ?? 0).toBe(0)
    }),
    behaviour('keeps a job that keeps no result when it fails [WQ-26]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { ignoreResult: true }))

      await session.settle(failure(await session.takeOne()))

      expect(await kit.record('a')).toMatchObject({ state: 'failed', ignoreResult: true })
    }),
    ...(['success', 'failure', 'forward'] as const).map((kind) =>
      behaviour(`answers a second settle of a job that its token decided by ${kind} with already`, async (kit) => {
        const session = await kit.session()
        await session.put(job('a'), job('target'))
        const held = await session.takeOne()
        await session.settle(SETTLEMENTS.find((each) => each.name === kind)?.make(held) ?? expect.fail(kind))
        const before = await kit.record('a')

        const answers = await session.settle(success(held, '"other"'), failure(held), retry(held), giveBack(held))

        expect(answers).toEqual(['already', 'already', 'already', 'already'])
        expect(await kit.record('a')).toEqual(before)
      }),
    ),
    behaviour('answers a settle of a job that was decided and removed since with lost', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.finish('a')
      await session.control({ kind: 'remove', id: 'a' })

      expect(await session.settle(success(held))).toEqual(['lost'])
    }),
    behaviour('answers a settle of a series that is over with lost', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.finish('a')
      await session.put(job('a', { reuseEnded: true }))

      expect(await session.settle(failure(held))).toEqual(['lost'])
      expect(await kit.state('a')).toBe('enqueued')
    }),
  ],
}
