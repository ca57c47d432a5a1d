import { randomUUID } from 'node:crypto'
import type { TaskQueue } from '@taskspace/core/backend'
import {
  giveBack,
  idsOf,
  job,
  jobs,
  KitContext,
  type KitSession,
  news,
  order,
  success,
  value,
} from '@taskspace/testing/kit'
import { Redis } from 'ioredis'
import { expect, inject, it, onTestFinished } from 'vitest'
import { RedisKeys } from '../src/keys.ts'
import { kitTarget } from './kit-target.ts'

const url = inject('redisUrl')

const SEVEN_DAYS_MS = 7 * 24 * 60 * 60_000

it('hands out by priority and order, however many priorities a queue has', async () => {
  const { kit, session } = await open()
  const priorities = Array.from({ length: 120 }, (_, at) => ((at * 37) % 41) - 20)
  await session.put(...priorities.map((priority, at) => job(`j${at}`, { priority })))
  await session.control({ kind: 'priority', id: 'j7', priority: 1000 }, { kind: 'priority', id: 'j8', priority: -1000 })

  const changed = new Map([
    [7, 1000],
    [8, -1000],
  ])
  const expected = priorities
    .map((priority, at) => ({ at, priority: changed.get(at) ?? priority }))
    .sort((one, other) => other.priority - one.priority || one.at - other.at)
    .map(({ at }) => `j${at}`)
  const first = await session.take(7)
  await session.settle(...first.map((each) => giveBack(each)))
  const taken: string[] = []
  for (let round = 0; round < 18; round += 1) {
    const claimed = await session.take(7)
    taken.push(...idsOf(claimed))
    await session.settle(...claimed.map((each) => success(each)))
  }

  expect(taken).toEqual(expected)
  await kit.close()
})

it('drains and cancels in every line, those of rare priorities too', async () => {
  const { kit, session } = await open()
  await session.put(...Array.from({ length: 60 }, (_, at) => job(`j${at}`, { priority: at })))

  await session.control({ kind: 'cancel', ids: ['j3', 'j59'], reason: '', cascade: 'refuse' })
  const answers = await session.control({ kind: 'drain', queue: 'default' })
  await session.put(job('late', { priority: 5 }))

  expect(answers).toEqual([{ code: 'ok', count: 58 }])
  expect(idsOf(await session.take(9))).toEqual(['late'])
  await kit.close()
})

it('keeps nothing of jobs that are gone: no key, no field, no payload [PT-40]', async () => {
  const { kit, session, fields, keys } = await open()

  await liveThrough(session)
  await session.end()
  await kit.advance(SEVEN_DAYS_MS + 600_000)

  expect(await kit.queue.counts()).toEqual(new Map())
  expect(await fields()).toEqual(['m'])
  expect(await keys()).toHaveLength(1)
  await kit.close()
})

it('passes over what was canceled in a line, a thousand of them too, and finds the one behind', async () => {
  const { kit, session } = await open()
  await putAll(session, 1200)
  for (let from = 0; from < 1200; from += 300) {
    const ids = Array.from({ length: 300 }, (_, at) => `j${from + at}`)
    await session.control({ kind: 'cancel', ids, reason: '', cascade: 'refuse' })
  }
  await session.put(job('behind'))
  await putAll(session, 700, 'k')
  await session.control({ kind: 'cancel', ids: ['behind'], reason: '', cascade: 'refuse' })
  for (let from = 0; from < 600; from += 300) {
    const ids = Array.from({ length: 300 }, (_, at) => `k${from + at}`)
    await session.control({ kind: 'cancel', ids, reason: '', cascade: 'refuse' })
  }

  const { jobs: taken } = await session.claim({ slots: 3, waitMs: 10_000 })

  expect(idsOf(taken)).toEqual(['k600', 'k601', 'k602'])
  await kit.close()
})

async function putAll(session: KitSession, count: number, prefix = 'j'): Promise<void> {
  const all = jobs(prefix, count)
  for (let from = 0; from < count; from += 250) await session.put(...all.slice(from, from + 250))
}

/** Jobs of many kinds: with large payloads, edges, forwards, news, delays, replacements. */
async function liveThrough(session: KitSession): Promise<void> {
  const [middle, large] = ['m'.repeat(3000), 'l'.repeat(100_000)]
  await session.put(job('a', { input: middle }), job('b', { input: large }))
  await session.put(job('sum', { edges: [value('a'), value('b')], tags: ['x'], priority: -1 }))
  await session.put(...jobs('d', 40, { edges: [order('sum')], priority: -2 }))
  await session.put(job('late', { delayMs: 60_000, input: middle }))
  const held = await session.take(2)
  await session.append(
    ...held.map((each) => ({ ...news(each, { output: middle, progress: 0.5 }), lines: ['one', 'two'] })),
  )
  await session.settle(...held.map((each) => success(each, large)))
  await session.finish('sum', middle)
  await session.put(job('late', { onDuplicate: 'replace', input: large }))
  for (let count = 0; count < 41; count += 1) {
    const each = await session.takeOne()
    await session.settle(success(each, count % 2 === 0 ? middle : large, 1000))
  }
}

interface Opened {
  readonly kit: KitContext
  readonly session: KitSession
  /** Fields of the root hash, sorted. */
  fields(): Promise<string[]>
  /** Keys of the namespace, sorted. */
  keys(): Promise<string[]>
}

async function open(): Promise<Opened> {
  const kit = await KitContext.open(kitTarget(url))
  const admin = new Redis(url)
  onTestFinished(() => admin.disconnect())
  const { root } = new RedisKeys((kit.queue as TaskQueue).namespace)
  const pattern = `${root}*`.replaceAll('[', '\\[')
  return {
    kit,
    session: await kit.session({ id: randomUUID() }),
    fields: async () => (await admin.hkeys(root)).sort(),
    keys: async () => (await admin.keys(pattern)).sort(),
  }
}
