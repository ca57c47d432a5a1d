import { CONTRACT_VERSION } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, behaviourOfTwoClients, type KitGroup } from '../kit-case.ts'
import { KIT_LEASE_MS } from '../kit-context.ts'
import { argumentsOf, idsOf, inline } from '../session/claimed.ts'
import { job, value } from '../session/sample-job.ts'
import { success } from '../session/sample-settlement.ts'

/** What two namespaces share (nothing), and what two clients of one share (everything). */
export const namespaceCases: KitGroup = {
  name: 'namespaces and clients',
  cases: [
    behaviour('speaks this version of the contract', async (kit) => {
      expect(kit.queue.contractVersion).toBe(CONTRACT_VERSION)
    }),
    behaviour('names its store without credentials, and its namespace', async (kit) => {
      const other = await kit.fresh()

      expect(kit.queue.url).toMatch(/^[a-z]+:/)
      expect(kit.queue.url).not.toContain('@')
      expect(kit.queue.namespace).not.toBe(other.namespace)
    }),
    behaviour('keeps the jobs of two namespaces apart', async (kit) => {
      const elsewhere = await kit.fresh()
      const [here, there] = [await kit.session(), await kit.session({ queue: elsewhere })]
      await here.put(job('a', { input: '"here"' }))

      await there.put(job('a', { input: '"there"' }), job('b'))

      expect(await here.take(5)).toMatchObject([{ id: 'a', input: '"here"' }])
      expect(await there.take(5)).toMatchObject([{ id: 'a', input: '"there"' }, { id: 'b' }])
      expect((await kit.queue.counts()).get('default')).toMatchObject({ processing: 1 })
    }),
    behaviour('refuses an edge on a job of another namespace', async (kit) => {
      const there = await kit.producer(await kit.fresh())
      const here = await kit.producer()
      await there.put(job('a'))

      expect(await here.enqueue(job('b', { edges: [value('a')] }))).toEqual([{ code: 'no-such-job', about: 'a' }])
    }),
    behaviour('does not know a session of another namespace', async (kit) => {
      const session = await kit.session()
      const elsewhere = await kit.fresh()

      await kit.refused(elsewhere.renew(session.id), 'SESSION_UNKNOWN')
    }),
    behaviour('drains one namespace alone', async (kit) => {
      const elsewhere = await kit.fresh()
      const [here, there] = [await kit.producer(), await kit.session({ queue: elsewhere })]
      await here.put(job('a'))
      await there.put(job('a'))

      await here.control({ kind: 'drain', queue: 'default' })
      await kit.sweepAll()

      expect(idsOf(await there.take(5))).toEqual(['a'])
    }),
    behaviour('moves the clock of one namespace alone', async (kit) => {
      const elsewhere = await kit.fresh()
      const before = await elsewhere.now()

      await kit.queue.shiftClock(3_600_000_000)

      expect((await elsewhere.now()) - before).toBeLessThan(3_600_000_000)
    }),
    behaviourOfTwoClients('shows the same store to two clients', async (kit) => {
      const second = await kit.reopen()
      const [here, there] = [await kit.session(), await kit.session({ queue: second })]
      await here.put(job('a'), job('b', { edges: [value('a')] }))

      await there.finish('a', '"far"')

      expect([second.url, second.namespace]).toEqual([kit.queue.url, kit.queue.namespace])
      expect(argumentsOf(await here.claim(), 'b')).toEqual([inline('"far"')])
    }),
    behaviourOfTwoClients('wakes a claim of one client for a job of another', async (kit) => {
      const second = await kit.reopen()
      const [waiting, other] = [await kit.session(), await kit.producer(second)]
      const claim = waiting.takeOne({ waitMs: 60_000 })

      await other.put(job('a'))

      expect((await kit.patience.within(claim, 'the claim')).id).toBe('a')
    }),
    behaviourOfTwoClients('tells one client of an outcome that another brought about', async (kit) => {
      const second = await kit.reopen()
      const [asking, working] = [await kit.producer(), await kit.session({ queue: second })]
      const hearing = await kit.listen(asking)
      await asking.put(job('a', { reply: true }))

      await working.finish('a', '"far"')

      expect(await hearing.outcome('a')).toEqual({ id: 'a', state: 'success', value: '"far"' })
    }),
    behaviourOfTwoClients('leaves a client alone whose neighbour closes', async (kit) => {
      const second = await kit.reopen()
      const [here, there] = [await kit.session(), await kit.session({ queue: second })]
      await there.put(job('a'))

      await second.close()

      await here.finish('a')
    }),
    behaviourOfTwoClients(
      'keeps what a client held that went away until its lease ends, and then gives it on',
      async (kit) => {
        const second = await kit.reopen()
        const [here, there] = [await kit.session(), await kit.session({ queue: second })]
        await there.put(job('a'))
        await there.takeOne()

        await second.close()
        const before = await here.take(1)
        await kit.advance(KIT_LEASE_MS * 1.5)

        expect(before).toEqual([])
        expect(idsOf(await here.take(1))).toEqual(['a'])
      },
    ),
    behaviourOfTwoClients(
      'lets a client settle through another object what it claimed through the first',
      async (kit) => {
        const second = await kit.reopen()
        const session = await kit.session()
        await session.put(job('a'))
        const held = await session.takeOne()

        const reply = await second.settle(session.next(1), [success(held)])

        expect(reply.answers).toEqual(['ok'])
      },
    ),
  ],
}
