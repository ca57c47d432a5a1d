import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { KIT_LEASE_MS } from '../kit-context.ts'
import { job, order } from '../session/sample-job.ts'
import { cancel } from './cancel-cases.ts'

/** Who hears what, for how long, and the hints that a session gets. */
export const subscriptionCases: KitGroup = {
  name: 'subscriptions',
  cases: [
    behaviour('tells each session of its own jobs alone', async (kit) => {
      const [one, other] = [await kit.session(), await kit.session()]
      const [first, second] = [await kit.listen(one), await kit.listen(other)]
      await one.put(job('a', { reply: true }))
      await other.put(job('b', { reply: true }), job('fence', { reply: true }))
      await one.put(job('fence1', { reply: true }))

      for (const id of ['a', 'b', 'fence', 'fence1']) await one.finish(id)
      await Promise.all([first.outcome('fence1'), second.outcome('fence')])

      expect(first.heard('b')).toEqual([])
      expect(second.heard('a')).toEqual([])
    }),
    behaviour('tells several sessions that watch one job', async (kit) => {
      const [one, other] = [await kit.session(), await kit.session()]
      await one.put(job('a'))
      const [first, second] = [await kit.listen(one), await kit.listen(other)]
      await Promise.all([first.watch('a'), second.watch('a')])

      await one.finish('a', '"both"')

      const outcome = { id: 'a', state: 'success', value: '"both"' }
      expect(await Promise.all([first.outcome('a'), second.outcome('a')])).toEqual([outcome, outcome])
    }),
    behaviour('says nothing more of a job that is no longer watched', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('fence'))
      const hearing = await kit.listen(session)
      await hearing.watch('a', 'fence')

      hearing.unwatch('a')
      await session.finish('a')
      await session.finish('fence')
      await hearing.outcome('fence')

      expect(hearing.heard('a')).toEqual([])
    }),
    behaviour('misses nothing of a job that ends while it begins to be watched', async (kit) => {
      const session = await kit.session()
      const hearing = await kit.listen(session)

      for (let round = 0; round < 20; round += 1) {
        await session.put(job(`a${round}`))
        await Promise.all([hearing.watch(`a${round}`), session.finish(`a${round}`, `${round}`)])
        expect(await hearing.outcome(`a${round}`)).toMatchObject({ state: 'success', value: `${round}` })
      }
    }),
    behaviour('puts a second subscription of a session in the place of the first', async (kit) => {
      const session = await kit.session()
      const first = await kit.listen(session)
      const second = await kit.listen(session)
      await session.put(job('a', { reply: true }))

      await session.finish('a')

      expect(await second.outcome('a')).toMatchObject({ id: 'a', state: 'success' })
      expect(first.heard('a')).toEqual([])
    }),
    behaviour('says nothing to a subscription that was closed, however often', async (kit) => {
      const [session, other] = [await kit.session(), await kit.session()]
      const [closed, open] = [await kit.listen(session), await kit.listen(other)]
      await session.put(job('a', { reply: true }))
      await open.watch('a')

      await closed.close()
      await closed.close()
      await other.finish('a')
      await open.outcome('a')

      expect(closed.heard('a')).toEqual([])
    }),
    behaviour('hints to the owner of a running job that it was canceled', async (kit) => {
      const [owner, other] = [await kit.session(), await kit.session()]
      const hearing = await kit.listen(owner)
      await owner.put(job('a'))
      await owner.takeOne()

      await other.control(cancel(['a']))

      await hearing.noticed()
      expect((await owner.renew()).canceled).toHaveLength(1)
    }),
    behaviour('hints to the owner of a running job that it was taken away', async (kit) => {
      const [owner, other] = [await kit.session(), await kit.session()]
      const hearing = await kit.listen(owner)
      await owner.put(job('a'), job('b'))
      await owner.take(2)

      await other.control({ kind: 'expire-lease', id: 'a' })
      await hearing.noticed()
      await other.put(job('b', { onDuplicate: 'replace' }))
      await hearing.noticed()

      expect(await owner.renew()).toMatchObject({ held: 0 })
    }),
    behaviour('hints when something becomes due earlier than the last sweep said', async (kit) => {
      const [sweeping, other] = [await kit.session(), await kit.producer()]
      const hearing = await kit.listen(sweeping)
      await other.put(job('late', { delayMs: 90_000 }))
      await kit.sweepAll()

      await other.put(job('soon', { delayMs: 30_000 }))

      const { runAt } = await kit.record('soon')
      await hearing.toldDue(runAt ?? 0)
    }),
    behaviour('hints at a due time that a release brings', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [order('a')], delayMs: 60_000 }))
      const hearing = await kit.listen(session)
      await kit.sweepAll()

      await session.finish('a')

      const { runAt } = await kit.record('b')
      await hearing.toldDue(runAt ?? 0)
    }),
    behaviour('hints at the end of a lease that a claim begins', async (kit) => {
      const [sweeping, other] = [await kit.producer(), await kit.session()]
      await other.put(job('a'))
      const hearing = await kit.listen(sweeping)
      await kit.sweepAll()

      await other.takeOne()

      await hearing.toldDue((await kit.queue.now()) + KIT_LEASE_MS)
    }),
  ],
}
