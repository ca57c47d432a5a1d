import { SESSION_SILENCE_MS } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, behaviourOfTwoClients, type KitGroup } from '../kit-case.ts'
import { KIT_LEASE_MS, type KitContext } from '../kit-context.ts'
import { job, jobs } from '../session/sample-job.ts'
import { success, unknownTask } from '../session/sample-settlement.ts'

/** Sessions that are found by their owner, and what a session says of itself later. */
export const ownerCases: KitGroup = {
  name: 'owners of sessions',
  cases: [
    behaviour(
      'shows the sessions of an owner in the order in which they were begun, with what they hold [RW-06]',
      async (kit) => {
        const first = await kit.session({ owner: 'me' })
        const second = await kit.session({ owner: 'me' })
        await kit.session({ owner: 'somebody else' })
        await kit.session()
        await first.put(...jobs('j', 3))
        await second.take(2)

        const found = await kit.queue.sightings('me')

        expect(found.map(({ id, held }) => [id, held])).toEqual([
          [first.id, 0],
          [second.id, 2],
        ])
        expect(await kit.queue.sightings('nobody')).toEqual([])
      },
    ),
    behaviour('keeps the order when a session that was begun first is begun again, or seen last', async (kit) => {
      const [first, second] = [await kit.session({ owner: 'me' }), await kit.session({ owner: 'me' })]

      await kit.advance(70_000)
      await first.begin()
      await first.renew()

      expect(await idsOf(kit)).toEqual([first.id, second.id])
    }),
    behaviour('sees a session later than before when it renews, and else not [RW-07]', async (kit) => {
      const [lives, silent] = [await kit.session({ owner: 'me' }), await kit.session({ owner: 'me' })]
      await lives.renew()
      await silent.renew()
      const before = await seenAt(kit)

      await kit.advance(1_000)
      await lives.renew()

      const after = await seenAt(kit)
      expect(after.get(lives.id)).toBeGreaterThan(before.get(lives.id) ?? Number.NaN)
      expect(after.get(silent.id)).toBe(before.get(silent.id))
    }),
    behaviour('asks the sessions that it shows to renew', async (kit) => {
      const [lives, other] = [await kit.session({ owner: 'me' }), await kit.session({ owner: 'somebody else' })]
      const [told, untold] = [await kit.listen(lives), await kit.listen(other)]

      await kit.queue.sightings('me')

      await told.noticed()
      expect(untold.hasNotice && !untold.wasInterrupted).toBe(false)
    }),
    behaviour('shows no session that was closed, was forgotten, or whose lease has ended', async (kit) => {
      const [closed, ended] = [await kit.session({ owner: 'me' }), await kit.session({ owner: 'me' })]
      await ended.put(job('a'))
      await ended.takeOne()
      await closed.end()
      expect(await idsOf(kit)).toEqual([ended.id])

      await kit.advance(KIT_LEASE_MS * 1.5)
      expect(await idsOf(kit)).toEqual([])

      await kit.session({ owner: 'me' })
      await kit.advance(SESSION_SILENCE_MS + 60_000)
      expect(await idsOf(kit)).toEqual([])
    }),
    behaviour('lets another session of the owner end one, without charging its jobs [RQ-94]', async (kit) => {
      const old = await kit.session({ owner: 'me' })
      await old.put(job('a'))
      const held = await old.takeOne()
      const next = await kit.session({ owner: 'me' })

      const [oldest] = await kit.queue.sightings('me')
      await kit.queue.end(oldest?.id ?? expect.fail('the old session is there'))

      const taken = await next.takeOne()
      expect(taken).toMatchObject({ id: 'a', attempt: 1, crashes: 0 })
      expect(taken.token).toBeGreaterThan(held.token)
      expect(await next.settle(success(held), success(taken))).toEqual(['lost', 'ok'])
    }),
    behaviour('lets the tasks of a higher revision count, and keeps what is held', async (kit) => {
      const [asking, other] = [await kit.session(), await kit.session({ tasks: {}, queues: ['default'] })]
      await asking.put(job('held', { queue: 'other' }), job('a'))
      await other.takeOne({ queues: ['other'] })

      await kit.queue.begin({ ...other.spec, tasks: { work: undefined }, revision: 1 })

      await asking.settle(unknownTask(await asking.takeOne()))
      expect(await kit.state('a')).toBe('scheduled')
      expect(await other.renew()).toMatchObject({ held: 1 })
    }),
    behaviour('does not go back to an older revision, however late it comes', async (kit) => {
      const [asking, other] = [await kit.session(), await kit.session({ queues: ['default'] })]
      await kit.queue.begin({ ...other.spec, tasks: { work: undefined }, revision: 2 })

      await kit.queue.begin({ ...other.spec, tasks: {}, revision: 1 })
      await kit.queue.begin({ ...other.spec, tasks: {}, revision: 2 })
      await kit.queue.begin({ ...other.spec, tasks: {} })

      await asking.put(job('a'))
      await asking.settle(unknownTask(await asking.takeOne()))
      expect(await kit.state('a')).toBe('scheduled')
    }),
    behaviourOfTwoClients('shows sessions of other objects on the store', async (kit) => {
      const session = await kit.session({ owner: 'me' })

      const found = await (await kit.reopen()).sightings('me')

      expect(found.map(({ id }) => id)).toEqual([session.id])
    }),
  ],
}

async function idsOf(kit: KitContext): Promise<string[]> {
  const found = await kit.queue.sightings('me')
  return found.map(({ id }) => id)
}

async function seenAt(kit: KitContext): Promise<ReadonlyMap<string, number>> {
  const found = await kit.queue.sightings('me')
  return new Map(found.map((each) => [each.id, each.seenAt]))
}
