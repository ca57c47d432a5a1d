import { crash, generatedId, job, KitContext, type KitSession, success } from '@taskspace/testing/kit'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RedisServer, startRedis } from '../../../tools/servers/redis.ts'
import { kitTarget } from './kit-target.ts'

/** A server of its own, whose commands nobody else adds to. */
let server: RedisServer
let admin: Redis

beforeAll(async () => {
  server = await startRedis()
  admin = new Redis(server.url)
})

afterAll(async () => {
  admin.disconnect()
  await server.stop()
})

const JOBS = 640

it('spends at most 10 commands on the whole life of a job that goes alone, those inside of scripts included', async () => {
  const { kit, session } = await busySession()

  const enqueued = await commandsOf(async () => {
    for (let count = 0; count < JOBS; count += 1) await session.put(sample())
  })
  const worked = await commandsOf(() => workOff(session, 1))

  expect(enqueued / JOBS).toBeLessThanOrEqual(4.1)
  expect((enqueued + worked) / JOBS).toBeLessThanOrEqual(9.5)
  await kit.close()
})

it('spends less than a command on the whole life of a job in batches of 20', async () => {
  const { kit, session } = await busySession()

  const enqueued = await commandsOf(async () => {
    for (let count = 0; count < JOBS; count += 20) await session.put(...Array.from({ length: 20 }, sample))
  })
  const worked = await commandsOf(() => workOff(session, 20))

  expect(enqueued / JOBS).toBeLessThanOrEqual(0.3)
  expect((enqueued + worked) / JOBS).toBeLessThanOrEqual(0.8)
  await kit.close()
})

it('asks the server three times for a job that a pool waits for: to store it, to claim it, and to settle it', async () => {
  const kit = await KitContext.open(kitTarget(server.url))
  const session = await kit.session()
  let waiting = session.claim({ slots: 1, waitMs: 10_000 })
  await expect.poll(() => subscriptions()).toBe(1)
  const one = async (): Promise<void> => {
    await session.put(sample())
    const { jobs } = await waiting
    await session.settleAndClaim(
      jobs.map((each) => success(each)),
      { slots: 1 },
    )
    waiting = session.claim({ slots: 1, waitMs: 10_000 })
  }
  await one()

  const asked = await callsOf('evalsha', async () => {
    for (let count = 0; count < 20; count += 1) await one()
  })

  expect(asked).toBe(3 * 20)
  await session.put(sample())
  expect((await waiting).jobs).toHaveLength(1)
  await kit.close()
})

it('waits for a hint where all that stands first are jobs that crashed, of which it may hold no more', async () => {
  const kit = await KitContext.open(kitTarget(server.url))
  const session = await kit.session()
  await session.put(...Array.from({ length: 257 }, sample))
  const held = [...(await session.take(200)), ...(await session.take(57))]
  await session.settle(...held.map((each) => crash(each)))
  expect(await session.take(2)).toHaveLength(1)

  const asked = await callsOf('evalsha', async () => {
    expect(await session.claim({ slots: 1, waitMs: 300 })).toMatchObject({ jobs: [] })
  })

  expect(asked).toBeLessThanOrEqual(3)
  await kit.close()
})

it('spends as much whatever lies in the store', async () => {
  const { kit, session } = await busySession()
  const lives = async (): Promise<number> =>
    commandsOf(async () => {
      for (let count = 0; count < 64; count += 1) await session.put(sample())
      await workOff(session, 1, 64)
    })

  const before = await lives()
  for (let count = 0; count < 2560; count += 256) {
    await session.put(...Array.from({ length: 256 }, () => ({ ...sample(), delayMs: 3_600_000 })))
  }
  for (let count = 0; count < JOBS; count += 64) {
    await session.put(...Array.from({ length: 64 }, sample))
    await workOff(session, 64, 64)
  }

  expect(await lives()).toBeLessThanOrEqual(before * 1.05)
  await kit.close()
})

function sample() {
  return job(generatedId(), { generated: true })
}

/** A session that has made its first claim and had its first sweep. */
async function busySession(): Promise<{ readonly kit: KitContext; readonly session: KitSession }> {
  const kit = await KitContext.open(kitTarget(server.url))
  const session = await kit.session()
  await session.put(sample())
  await workOff(session, 1, 1)
  return { kit, session }
}

/** Claim and settle as a pool does: each call settles what the one before took. */
async function workOff(session: KitSession, slots: number, jobs = JOBS): Promise<void> {
  let { jobs: held } = await session.claim({ slots })
  let done = 0
  while (held.length > 0) {
    done += held.length
    const { claim } = await session.settleAndClaim(
      held.map((each) => success(each)),
      { slots },
    )
    held = claim?.jobs ?? []
  }
  expect(done).toBe(jobs)
}

/** How many commands the server carried out meanwhile. */
async function commandsOf(run: () => Promise<void>): Promise<number> {
  const before = await countCommands()
  await run()
  return (await countCommands()) - before
}

/** How often clients sent this command meanwhile. */
async function callsOf(command: string, run: () => Promise<void>): Promise<number> {
  const count = async () =>
    Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm').exec(await admin.info('commandstats'))?.[1] ?? 0)
  const before = await count()
  await run()
  return (await count()) - before
}

/** Channels on which somebody waits for hints. */
async function subscriptions(): Promise<number> {
  return ((await admin.call('pubsub', 'channels', '*:wake:*')) as unknown[]).length
}

async function countCommands(): Promise<number> {
  const stats = await admin.info('commandstats')
  const counts = [...stats.matchAll(/^cmdstat_(?!info|ping|config)[^:]+:calls=(\d+)/gm)]
  return counts.reduce((sum, [, calls]) => sum + Number(calls), 0)
}
