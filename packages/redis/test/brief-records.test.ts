import type { NewJob, Settlement } from '@taskspace/core/backend'
import { asRequest, giveBack, job, news, order, retry, success, value } from '@taskspace/testing/kit'
import { Redis } from 'ioredis'
import { expect, inject, it, onTestFinished } from 'vitest'
import type { Script } from '../src/connection/redis-link.ts'
import { RedisKeys } from '../src/keys.ts'
import { SCRIPTS } from '../src/scripts.ts'
import { claim, enqueue, longOnly, type Space, seen, settle, shortOnly, warmSpace } from './two-ways.ts'

const url = inject('redisUrl')

/** The least form of a brief record, and those of a running one and of one whose job has succeeded, see `jobs.lua`. */
const [BRIEF, SHORT, RUNNING, BRIEF_DONE] = [16, 1, 4, 6]

/** Where the numbers of the namespace stand in its record, counted from the end, see `space.lua`. */
const NUMBERS_BYTES = { clock: 92, count: 12, now: 6 }

const at = (year: number) => Date.UTC(year)

/** What a record depends on: the last position before, what is enqueued, and the time. */
interface Case {
  readonly count?: number
  readonly now?: number
  readonly jobs: readonly NewJob[]
  /** Forms of their records. */
  readonly forms: readonly number[]
}

const FAR = 2 ** 32

const CASES: Readonly<Record<string, Case>> = {
  'of either form': {
    jobs: [job('a'), job('b', { reply: true }), job('c'), job('d', { reply: true }), job('e')],
    forms: [BRIEF + 4, SHORT, BRIEF + 4, SHORT, BRIEF + 4],
  },
  'whose names have no or many bytes': {
    jobs: ['', ...[239, 240, 255].map((size) => 't'.repeat(size))].map((task) => job(`j${task.length}`, { task })),
    forms: [BRIEF, 255, SHORT, SHORT],
  },
  'whose positions take four bytes or more': {
    count: FAR - 3,
    jobs: ['a', 'b', 'c', 'd'].map((id) => job(id)),
    forms: [BRIEF + 4, BRIEF + 4, SHORT, SHORT],
  },
  'made as the time of brief records begins': { now: at(2020), jobs: [job('a')], forms: [BRIEF + 4] },
  'made before the time of brief records': { now: at(2020) - 60_000, jobs: [job('a')], forms: [SHORT] },
  'made late in the time of brief records': { now: at(2054), jobs: [job('a')], forms: [BRIEF + 4] },
  'made after the time of brief records': { now: at(2055), jobs: [job('a')], forms: [SHORT] },
  'that have a calm extra': {
    jobs: [job('a', { delayMs: 0 }), job('b', { delayMs: 0, reply: true })],
    forms: [20, SHORT],
  },
}

const WAYS: readonly (readonly [string, (script: Script) => Script, (script: Script) => Script])[] = [
  ['short', shortOnly, shortOnly],
  ['long', longOnly, longOnly],
  ['short, then the long', shortOnly, longOnly],
  ['long, then the short', longOnly, shortOnly],
]

it.each(Object.entries(CASES))('stores, claims and ends jobs %s the same on either way', async (_, given) => {
  const lives = await Promise.all(WAYS.map(([, first, then]) => live(given, first, then)))

  expect(lives[0]?.ran).toEqual(given.jobs.map(({ id, task, input }) => ({ id, task, input, queue: 'default' })))
  for (const [way, each] of lives.entries()) expect(each, WAYS[way]?.[0]).toEqual(lives[0])
})

it.each(WAYS)('tells of jobs with a brief record on the %s way what was given', async (_, first, then) => {
  const space = await warmSpace(first)
  const before = Date.now()
  await enqueue(space, [job('a', { task: 'task', input: '"in"' })])
  expect(await formsOf(space, ['a'])).toEqual([BRIEF + 4])
  const waiting = (await space.queue.read(['a']))[0]
  const held = (await claim(space, space.call(1), 'client', asRequest({ slots: 3 }))).reply.jobs
  await settle(
    { ...space, scripts: { ...space.scripts, settle: then(SCRIPTS.settle) } },
    held.map((each) => success(each, '"out"')),
    asRequest({ slots: 0 }),
  )
  const ended = (await space.queue.read(['a']))[0]

  expect(waiting).toMatchObject({ state: 'enqueued', task: 'task', queue: 'default', input: '"in"' })
  expect(ended).toMatchObject({ state: 'success', task: 'task', queue: 'default', input: '"in"' })
  const createdAt = waiting?.createdAt ?? expect.fail('it was read')
  expect(createdAt).toBeGreaterThanOrEqual(before)
  expect(createdAt).toBeLessThanOrEqual(Date.now())
  expect([held.at(-1)?.createdAt, ended?.createdAt]).toEqual([createdAt, createdAt])
})

it.each(WAYS)(
  'ends jobs on the %s way for which others wait, and whose tasks begin the same',
  async (_, first, then) => {
    const space = await warmSpace(first)
    const waiters = ['u', 'v', 'w', 'x'].map((id, index) => job(id, { edges: [value(index)] }))
    const tasks = ['ab', 'abc', 'ab', 'a']
    const sources = tasks.map((task, index) => job('abcd'.charAt(index), { task, reply: index === 2 }))
    await enqueue(space, [...sources, ...waiters])
    const held = (await claim(space, space.call(1), 'client', asRequest({ slots: 9 }))).reply.jobs
    const other = { ...space, scripts: { ...space.scripts, settle: then(SCRIPTS.settle) } }
    const { jobs: next } = await settle(
      other,
      held.map((each) => success(each)),
      asRequest({ slots: 9 }),
    )

    expect(next.map(({ id, args }) => [id, args?.length])).toEqual(waiters.map(({ id }) => [id, 1]))
    expect((await space.queue.read(['a', 'b', 'c', 'd'])).map((record) => record?.task)).toEqual(tasks)
  },
)

it('changes jobs that have a brief record, in all that may happen to them', async () => {
  const [either, long] = [await warmSpace((script) => script), await warmSpace(longOnly)]

  expect(await change(either)).toEqual(await change(long))
})

/** Give back, retry, move, follow, cancel and drain jobs with brief records, and give others edges to them. */
async function change(space: Space): Promise<unknown> {
  const { queue } = space
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'sum', 'last']
  const control = (command: Parameters<typeof queue.control>[1][number]) => queue.control(space.call(1), [command])
  const found: unknown[] = []
  const note = async () => found.push(await seen(space, ids))

  await enqueue(
    space,
    ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => job(id)),
  )
  await enqueue(space, [job('sum', { edges: [value('a'), order('e')] })])
  await control({ kind: 'priority', id: 'c', priority: 2 })
  await control({ kind: 'cancel', ids: ['d'], reason: '', cascade: 'release' })
  await note()
  const request = asRequest({ slots: 9 })
  const held = (await claim(space, space.call(1), 'client', request)).reply.jobs
  await queue.append(
    space.call(1),
    held.filter(({ id }) => id === 'b').map((each) => news(each, { progress: 0.5 })),
  )
  await control({ kind: 'expire-lease', id: 'f' })
  await note()
  const settlements = held.flatMap((each): Settlement[] => {
    if (each.id === 'f') return []
    if (each.id === 'b') return [retry(each)]
    return [each.id === 'c' ? giveBack(each) : success(each)]
  })
  found.push((await settle(space, settlements, request)).jobs.map(({ id, attempt, task }) => [id, attempt, task]))
  await note()
  await enqueue(space, [job('last')])
  await control({ kind: 'drain', queue: 'default' })
  while ((await queue.sweep()).more);
  await note()
  return found
}

/** What is seen of jobs from their enqueue to their ends. */
async function live(given: Case, first: (script: Script) => Script, then: (script: Script) => Script) {
  const space = await warmSpace(first)
  const ids = given.jobs.map(({ id }) => id)
  const known = (await claim(space, space.call(1), 'client', asRequest({ slots: 9 }))).reply.jobs
  await settle(
    space,
    known.map((each) => success(each)),
    asRequest({ slots: 0 }),
  )
  await setNumbers(space, given)
  await enqueue(space, given.jobs)
  expect(await formsOf(space, ids)).toEqual(given.forms)
  const waiting = await seen(space, ids)
  const held = (await claim(space, space.call(1), 'client', asRequest({ slots: 3, ahead: 4 }))).reply.jobs
  expect(await formsOf(space, ids)).toEqual(ids.map(() => RUNNING))
  const running = await seen(space, ids)
  const other = { ...space, scripts: { ...space.scripts, settle: then(SCRIPTS.settle) } }
  await settle(
    other,
    held.map((each) => success(each)),
    asRequest({ slots: 0 }),
  )
  const forms = (await formsOf(space, ids)).filter((_, at) => (given.forms[at] ?? 0) >= BRIEF)
  for (const form of forms) expect(form).toBe(BRIEF_DONE)
  const records = await space.queue.read(ids)
  const times = records.map((record) => (record?.createdAt ?? 0) - (given.now ?? Date.now()))
  for (const late of times) expect(Math.abs(late)).toBeLessThan(60_000)
  const ran = held.map(({ id, task, input, queue }) => ({ id, task, input, queue }))
  return { waiting, running, ran, ended: await seen(space, ids) }
}

/** Set the namespace's counter and clock, as `space.lua` keeps them. */
async function setNumbers(space: Space, { count, now }: Case): Promise<void> {
  const admin = adminOf()
  const { root } = new RedisKeys(space.queue.namespace)
  const raw = (await admin.hgetBuffer(root, 'm')) ?? expect.fail('there is a namespace')
  if (count !== undefined) raw.writeUIntBE(count, raw.length - NUMBERS_BYTES.count, 6)
  if (now !== undefined) {
    raw.writeDoubleLE(now - Date.now(), raw.length - NUMBERS_BYTES.clock)
    raw.writeUIntBE(0, raw.length - NUMBERS_BYTES.now, 6)
  }
  await admin.hset(root, 'm', raw)
}

async function formsOf(space: Space, ids: readonly string[]): Promise<readonly (number | undefined)[]> {
  const { root } = new RedisKeys(space.queue.namespace)
  const fields = ids.map((id) =>
    Buffer.concat([Buffer.from([0x69, id.length >> 8, id.length & 0xff]), Buffer.from(id)]),
  )
  return (await adminOf().hmgetBuffer(root, ...fields)).map((raw) => raw?.[0])
}

function adminOf(): Redis {
  const admin = new Redis(url)
  onTestFinished(() => admin.disconnect())
  return admin
}
