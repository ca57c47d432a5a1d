import type { NewJob } from '@taskspace/core/backend'
import { asRequest, job, jobs, order, success } from '@taskspace/testing/kit'
import { expect, it } from 'vitest'
import { SCRIPTS } from '../src/scripts.ts'
import { claim, enqueue, longOnly, type Space, seen, settle, shortOnly, warmSpace } from './two-ways.ts'

const PLAIN: readonly NewJob[] = [
  job('a', { reply: true }),
  job('b'),
  job('c', { reply: true, tags: ['red'], meta: 'more' }),
  job('d', { priority: 3 }),
  job('e', { run: { timeoutMs: 1000 }, resultTtlMs: 60_000, maxCrashes: 2 }),
  job('f', { runAt: 1 }),
  job('g', { delayMs: 0 }),
  job('l', { task: 't'.repeat(255) }),
  ...Array.from({ length: 50 }, (_, at) => job(`j${at}`)),
]
const DELAYED: readonly NewJob[] = [
  job('h', { delayMs: 60_000 }),
  job('i', { runAt: Date.now() + 60_000, priority: 3, tags: ['red'] }),
  job('k', { delayMs: 30_000, reply: true }),
]

/** Of all that tests may store. */
const IDS = [...PLAIN, ...DELAYED].map(({ id }) => id)

it('goes the short way with jobs that wait for nothing, have a small input, and succeed', async () => {
  const space = await warmSpace(shortOnly)

  expect(await work(space, PLAIN)).toEqual(PLAIN.map(({ id }) => id).sort())
})

it('goes the short way with jobs that wait for their time, and leaves the same behind as on the long one', async () => {
  const [short, long] = [await warmSpace(shortOnly), await warmSpace(longOnly)]
  for (const space of [short, long]) {
    await enqueue(space, DELAYED)
    await enqueue(space, PLAIN.slice(0, 3))
  }
  expect(await seen(short, IDS)).toEqual(await seen(long, IDS))

  for (const { queue } of [short, long]) {
    await queue.shiftClock(60_001)
    while ((await queue.sweep()).more);
  }

  expect(await seen(short, IDS)).toEqual(await seen(long, IDS))
  const ids = [...DELAYED, ...PLAIN.slice(0, 3)].map(({ id }) => id)
  expect(await work(short, [])).toEqual(expect.arrayContaining([...ids].sort()))
  expect((await long.queue.read(ids)).map((record) => record?.state)).toEqual(ids.map(() => 'enqueued'))
})

it.each([shortOnly, longOnly])('works jobs off whose names take more than a byte for their lengths', async (only) => {
  const space = await warmSpace(only)
  const [task, queue] = ['t'.repeat(256), 'q'.repeat(256)]
  await space.queue.enqueue({ session: 'session', epoch: 0, lane: 2, number: 1 }, [
    job('m', { task, reply: true }),
    job('n', { queue }),
    job('o', { queue: 'q'.repeat(255) }),
  ])
  const request = asRequest({ slots: 5, queues: ['default', queue, 'q'.repeat(255)] })

  const claimed = (await claim(space, space.call(1), 'client', request)).reply.jobs
  await settle(
    space,
    claimed.map((each) => success(each)),
    request,
  )

  expect(claimed.map((each) => [each.id, each.task.length, each.queue.length])).toEqual([
    ['first', 4, 7],
    ['m', 256, 7],
    ['n', 4, 256],
    ['o', 4, 255],
  ])
  const records = await space.queue.read(['m', 'n', 'o'])
  expect(records.map((record) => [record?.state, record?.task.length, record?.queue.length])).toEqual([
    ['success', 256, 7],
    ['success', 4, 256],
    ['success', 4, 255],
  ])
})

it('claims nothing the short way, and may ask again under the same number', async () => {
  const space = await warmSpace(shortOnly)
  await work(space, [job('b')])
  const call = space.call(1)

  expect((await claim(space, call, 'client')).reply.jobs).toEqual([])
  await enqueue(space, [job('a')])
  expect((await claim(space, call, 'client')).reply.jobs.map(({ id }) => id)).toEqual(['a'])
})

it.each([
  ['an edge to a job that is not there', [job('a', { edges: [order('nobody')] })]],
  ['an edge to itself', [job('b'), job('a', { edges: [order('a')] })]],
  ['a job with a very long id that waits', [job('a'), job('i'.repeat(65_400), { edges: [order('a')] })]],
  ['more jobs that wait for one than stand in its record', [job('a'), ...jobs('j', 40, { edges: [order(0)] })]],
  ['an id that is taken', [job('a'), job('a')]],
  ['a large input', [job('a', { input: 'x'.repeat(1025) })]],
  ['a long name', [job('a', { task: 't'.repeat(256) })]],
  ['a queue that is new', [job('a', { queue: 'elsewhere' })]],
] as const)('goes the long way with %s, having changed nothing before', async (_, jobs) => {
  const space = await warmSpace(shortOnly)
  const before = await seen(space, IDS)

  await expect(enqueue(space, jobs)).rejects.toThrow('the long way')

  expect(await seen(space, IDS)).toEqual(before)
})

it('leaves the same behind on the short way as on the long one', async () => {
  const [short, long] = [await warmSpace(shortOnly), await warmSpace(longOnly)]

  expect(await work(short, PLAIN)).toEqual(await work(long, PLAIN))

  expect(await seen(short, IDS)).toEqual(await seen(long, IDS))
})

it.each([
  ['short', 'long', shortOnly, longOnly],
  ['long', 'short', longOnly, shortOnly],
])(
  'reads and leaves the same where a job goes the %s way at its claim and the %s one at its end',
  async (_, __, first, then) => {
    const [space, one] = [await warmSpace(first), await warmSpace(first)]
    const other = {
      ...space,
      scripts: { ...space.scripts, settle: then(SCRIPTS.settle) },
    }
    const request = asRequest({ slots: 3, ahead: 4 })
    for (const each of [space, one]) await enqueue(each, [job('a', { reply: true }), job('b'), job('c')])
    const claimed = (await claim(other, other.call(1), 'client', request)).reply.jobs
    const alike = (await claim(one, one.call(1), 'client', request)).reply.jobs
    expect(await seen(other, ['a', 'b', 'c'])).toEqual(await seen(one, ['a', 'b', 'c']))

    const settled = await settle(
      other,
      claimed.map((each) => success(each)),
      request,
    )
    await settle(
      one,
      alike.map((each) => success(each)),
      request,
    )

    expect(claimed.map(({ id }) => id)).toEqual(['first', 'a', 'b', 'c'])
    expect(settled.jobs).toEqual([])
    expect(await seen(other, ['a', 'b', 'c'])).toEqual(await seen(one, ['a', 'b', 'c']))
    expect((await space.queue.read(['a', 'b', 'c'])).map((record) => record?.state)).toEqual([
      'success',
      'success',
      'success',
    ])
  },
)

/** Enqueue jobs and work all off, some at a time; answers the ids of those that ran, but for the first ones. */
async function work(space: Space, jobs: readonly NewJob[]): Promise<readonly string[]> {
  if (jobs.length > 0) await enqueue(space, jobs)
  const request = asRequest({ slots: 3, ahead: 4 })
  const ran: string[] = []
  let { jobs: held } = (await claim(space, space.call(1), 'client', request)).reply
  while (held.length > 0) {
    ran.push(...held.map(({ id }) => id).filter((id) => id !== 'first' && id !== 'second'))
    const settlements = held.map((each) => success(each))
    held = (await settle(space, settlements, request)).jobs
  }
  return ran.sort()
}
