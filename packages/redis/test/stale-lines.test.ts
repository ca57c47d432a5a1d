import { asRequest, job, KitContext, type KitSession } from '@taskspace/testing/kit'
import { Redis } from 'ioredis'
import { expect, inject, it, onTestFinished } from 'vitest'
import { RedisKeys } from '../src/keys.ts'
import { kitTarget } from './kit-target.ts'

const url = inject('redisUrl')
const BATCH = 128

it('rewrites a line of which most was canceled, and keeps the order of the rest', async () => {
  const { session, entries } = await space()
  const ids = await put(session, 'a', 6_000)
  const canceled = ids.filter((_, at) => at % 10 !== 0)

  await cancel(session, canceled)

  expect(await entries()).toBeLessThan(3_000)
  expect(await takeAll(session)).toEqual(ids.filter((id) => !canceled.includes(id)))
})

it('hands out what stands in a line, and takes more, while it is rewritten', async () => {
  const { session, entries } = await space()
  const waiting = await put(session, 'a', 6_000)
  const taken: string[] = []
  const expected: string[] = []
  for (let round = 0; round < 40; round += 1) {
    const gone = waiting.filter((_, at) => at % 8 !== 0).slice(0, BATCH)
    await cancel(session, gone)
    const isGone = new Set(gone)
    waiting.splice(0, waiting.length, ...waiting.filter((id) => !isGone.has(id)))
    expected.push(...waiting.splice(0, 3))
    taken.push(...(await session.take(3)).map(({ id }) => id))
    waiting.push(...(await put(session, `r${round}-`, 40)))
  }

  expect(await entries()).toBeLessThan(waiting.length + 3_500)
  expect(taken).toEqual(expected)
  expect(await takeAll(session)).toEqual(waiting)
})

/** A namespace, and how many entries its line of priority 0 has in lists. */
async function space() {
  const kit = await KitContext.open(kitTarget(url))
  const admin = new Redis(url)
  onTestFinished(async () => {
    admin.disconnect()
    await kit.close()
  })
  const { root } = new RedisKeys(kit.queue.namespace)
  const entries = async (): Promise<number> =>
    (await admin.llen(`${root}:line:0:default`)) + (await admin.llen(`${root}:kept:0:default`))
  return { session: await kit.session(), entries }
}

async function put(session: KitSession, prefix: string, count: number): Promise<string[]> {
  const all = Array.from({ length: count }, (_, at) => `${prefix}${at}`)
  for (let at = 0; at < count; at += BATCH) await session.put(...all.slice(at, at + BATCH).map((id) => job(id)))
  return all
}

async function cancel(session: KitSession, ids: readonly string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += BATCH) {
    await session.control({ kind: 'cancel', ids: ids.slice(at, at + BATCH), reason: 'no more', cascade: 'release' })
  }
}

async function takeAll(session: KitSession): Promise<string[]> {
  const taken: string[] = []
  for (let claims = 0; claims < 1_000; claims += 1) {
    const { jobs: found } = await session.claim(asRequest({ slots: BATCH }))
    if (found.length === 0) return taken
    taken.push(...found.map(({ id }) => id))
  }
  return taken
}
