import { expect } from 'vitest'
import { FaultyQueue, type Loss } from '../faults/faulty-queue.ts'
import { behaviour, type KitCase, type KitGroup } from '../kit-case.ts'
import type { KitContext } from '../kit-context.ts'
import { timeless } from '../timeless.ts'
import { arrange, type FaultScenario, heldBy, NUMBERED_SCENARIOS, observe, PLAIN_SCENARIOS } from './fault-scenarios.ts'

const ALL = [...PLAIN_SCENARIOS, ...NUMBERED_SCENARIOS]

/** Every mutating call, hit by every fault of a network. */
export const lostMessageCases: KitGroup = {
  name: 'lost and late messages',
  cases: [
    ...ALL.map((scenario) => losing('reply', scenario, `applies ${scenario.name} once though its reply was lost`)),
    ...ALL.map((scenario) => losing('request', scenario, `applies ${scenario.name} whose first copy never arrived`)),
    ...NUMBERED_SCENARIOS.map(arrivingLate),
    behaviour('refuses a late copy of a resume of an older epoch', async (kit) => {
      const network = new FaultyQueue(kit.queue)
      const session = await kit.session({ queue: network })
      const held = await arrange(session)
      await session.resume(held)
      await session.resume(held)
      const [copy] = network.sent.filter((sent) => sent.operation === 'resume')

      await kit.refused(copy?.deliverCopy() ?? expect.fail('no resume was sent'), 'STALE_CALL')

      expect(await session.renew()).toMatchObject({ held: 1 })
    }),
  ],
}

/** The call is sent twice and answered as if it had been sent once; what is stored is the same, too. */
function losing(loss: Loss, scenario: FaultScenario, title: string): KitCase {
  return behaviour(title, async (kit) => {
    const undisturbed = await perform(kit, new FaultyQueue(await kit.fresh()), scenario)

    const disturbed = await perform(kit, new FaultyQueue(kit.queue), scenario, loss)

    expect(disturbed).toEqual(undisturbed)
  })
}

async function perform(kit: KitContext, network: FaultyQueue, scenario: FaultScenario, loss?: Loss): Promise<unknown> {
  const session = await kit.session({ queue: network, id: 'the same in both' })
  const held = await arrange(session)
  if (loss) {
    network.lose(loss, scenario.operation)
    await expect(scenario.act(session, held)).rejects.toMatchObject({ outcome: 'unknown' })
  }
  const answer = await scenario.act(session, held)
  return { answer: timeless(answer), seen: await observe(network) }
}

function arrivingLate(scenario: FaultScenario): KitCase {
  return behaviour(`refuses a late copy of ${scenario.name} after a resume, and changes nothing`, async (kit) => {
    const network = new FaultyQueue(kit.queue)
    const session = await kit.session({ queue: network })
    await scenario.act(session, await arrange(session))
    await session.resume(...(await heldBy(session)))
    const before = await observe(network)

    await kit.refused(network.lastSent(scenario.operation).deliverCopy(), 'STALE_CALL')

    expect(await observe(network)).toEqual(before)
  })
}
