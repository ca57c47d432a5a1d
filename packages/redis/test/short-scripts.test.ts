import { asRequest, generatedId, job, jobs, KitContext, type KitSession } from '@taskspace/testing/kit'
import { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { ownServer } from './faults/proxied.ts'
import { kitTarget } from './kit-target.ts'

/** As many as one call of a client carries, and as one script passes over. */
const BATCH = 256
const BATCHES = 7

it('passes over the entries of canceled jobs in short steps, until it comes to one that is there', async () => {
  const { session, commands } = await space()
  const ids = Array.from({ length: BATCHES * BATCH }, () => generatedId())
  for (let at = 0; at < ids.length; at += BATCH) {
    await session.put(...ids.slice(at, at + BATCH).map((id) => job(id, { generated: true })))
  }
  await session.put(job('last'))
  for (let at = 0; at < ids.length; at += BATCH) {
    const command = { kind: 'cancel', ids: ids.slice(at, at + BATCH), reason: 'no more', cascade: 'release' } as const
    await session.control(command)
  }

  const costs: number[] = []
  const claimed: string[] = []
  while (claimed.length === 0 && costs.length <= 2 * BATCHES) {
    const before = await commands()
    claimed.push(...(await session.claim()).jobs.map(({ id }) => id))
    costs.push((await commands()) - before)
  }

  expect(claimed).toEqual(['last'])
  expect(costs.length).toBeGreaterThanOrEqual(BATCHES)
  expect(Math.max(...costs)).toBeLessThanOrEqual(40)
})

it('hands out no more than 256 jobs by one script, and the others by the next ones', async () => {
  const { session } = await space()
  await session.put(...jobs('a', BATCH))
  await session.put(...jobs('b', BATCH))

  const first = await session.claim(asRequest({ slots: 200, ahead: 400 }))
  const second = await session.claim(asRequest({ slots: 1000 }))

  expect([first.jobs.length, second.jobs.length]).toEqual([BATCH, BATCH])
  expect(first.jobs.filter(({ ahead }) => ahead)).toHaveLength(BATCH - 200)
})

/** A namespace on a server of its own, and how many commands that has carried out. */
async function space(): Promise<{ readonly session: KitSession; readonly commands: () => Promise<number> }> {
  const server = await ownServer()
  const admin = new Redis(server.port)
  const kit = await KitContext.open(kitTarget(server.url))
  onTestFinished(async () => {
    admin.disconnect()
    await kit.close()
  })
  const commands = async (): Promise<number> => {
    const stats = await admin.info('commandstats')
    const counts = [...stats.matchAll(/^cmdstat_(?!info)[^:]+:calls=(\d+)/gm)]
    return counts.reduce((sum, [, calls]) => sum + Number(calls), 0)
  }
  return { session: await kit.session(), commands }
}
