import { asRequest, generatedId, job, KitContext, type KitSession } from '@taskspace/testing/kit'
import { Redis } from 'ioredis'
import { expect, inject, it, onTestFinished } from 'vitest'
import { RedisKeys } from '../src/keys.ts'
import { kitTarget } from './kit-target.ts'

const url = inject('redisUrl')
const BATCH = 128
/** What an id begins with that is a uuid. */
const UUID = 0x75

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
  const entries = async (): Promise<number> => {
    const lists = await Promise.all(
      ['line', 'kept'].map((name) => admin.lrangeBuffer(`${root}:${name}:0:default`, 0, -1)),
    )
    return lists.flat().reduce((sum, block) => sum + entriesIn(block), 0)
  }
  return { session: await kit.session(), entries }
}

/** How many entries a block has: runs of a position, how many there are, and their ids. */
function entriesIn(block: Buffer): number {
  let count = 0
  for (let at = 0; at < block.length; ) {
    const run = block.readUInt8(at + 6)
    count += run
    at += 7
    for (let left = run; left > 0; left -= 1) at += block[at] === UUID ? 17 : 3 + block.readUInt16BE(at + 1)
  }
  return count
}

async function put(session: KitSession, prefix: string, count: number): Promise<string[]> {
  const all = Array.from({ length: count }, (_, at) => (at % 3 === 0 ? generatedId() : `${prefix}${at}`))
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
