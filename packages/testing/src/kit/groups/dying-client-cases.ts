import { expect } from 'vitest'
import { FaultyQueue, type Loss } from '../faults/faulty-queue.ts'
import { behaviour, type KitCase, type KitGroup } from '../kit-case.ts'
import { KIT_LEASE_MS, type KitContext } from '../kit-context.ts'
import { enqueueLife, LIFE, LIFE_IDS, type LifeStep, workOff } from './scripted-life.ts'

/**
 * A client goes through a scripted life and dies at each point of it, in the middle of a call, too. Another one finishes
 * the work: nothing is lost, and nothing is decided twice.
 */
export const dyingClientCases: KitGroup = {
  name: 'a client that dies',
  cases: [
    ...LIFE.map((step, index) => dying(`before ${step.name}`, index)),
    ...LIFE.map((step, index) => dying(`while the request of ${step.name} is under way`, index, 'request')),
    ...LIFE.map((step, index) => dying(`while the reply to ${step.name} is under way`, index, 'reply')),
  ],
}

function dying(when: string, steps: number, loss?: Loss): KitCase {
  return behaviour(`loses nothing and decides nothing twice when its client dies ${when}`, async (kit) => {
    await live(kit, LIFE.slice(0, steps), loss && LIFE[steps], loss)
    const heir = await kit.session()

    await kit.advance(KIT_LEASE_MS * 1.5)
    await enqueueLife(heir)
    await workOff(heir)

    await expectAllDone(kit)
  })
}

/** Go through some steps, and lose a message of the one after. */
async function live(kit: KitContext, steps: readonly LifeStep[], last?: LifeStep, loss?: Loss): Promise<void> {
  const network = new FaultyQueue(kit.queue)
  const session = await kit.session({ queue: network })
  for (const step of steps) await step.act(session)
  if (!last || !loss) return
  network.lose(loss, last.operation)
  await expect(last.act(session)).rejects.toMatchObject({ outcome: 'unknown' })
}

async function expectAllDone(kit: KitContext): Promise<void> {
  const records = await kit.queue.read(LIFE_IDS)
  expect(records.map((record) => record?.state)).toEqual(LIFE_IDS.map(() => 'success'))
  for (const record of records) {
    const decided = record?.history.filter((entry) => entry.what === 'success') ?? []
    expect(decided, `decisions of ${record?.id}`).toHaveLength(1)
    const released = record?.history.filter((entry) => entry.what === 'released') ?? []
    expect(released.length, `releases of ${record?.id}`).toBeLessThanOrEqual(1)
  }
  const [counts] = [...(await kit.queue.counts()).values()]
  expect(counts).toMatchObject({ success: LIFE_IDS.length, enqueued: 0, processing: 0, deferred: 0 })
}
