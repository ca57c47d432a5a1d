import { randomUUID } from 'node:crypto'
import type { Call, ClaimRequest, NewJob, Settlement, TaskQueue } from '@taskspace/core/backend'
import { asRequest, job, success } from '@taskspace/testing/kit'
import { expect, inject, it, onTestFinished } from 'vitest'
import type { RedisLink, Script } from '../src/connection/redis-link.ts'
import { RedisKeys } from '../src/keys.ts'
import { type Claimed, packClaim, unpackClaim } from '../src/operations/claim.ts'
import { packEnqueue, unpackEnqueue } from '../src/operations/enqueue.ts'
import { packSettle, unpackSettle } from '../src/operations/settle.ts'
import { RedisTaskQueue } from '../src/redis-task-queue.ts'
import { SCRIPTS } from '../src/scripts.ts'
import { openLink } from './connection/open-link.ts'

const url = inject('redisUrl')

/** Where the short way of a script begins, and where the long one does. */
const [SHORT, LONG] = ['\ndo\n-- The short way', '\nend\n-- Before the parts']

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
  expect(await seen(short)).toEqual(await seen(long))

  for (const { queue } of [short, long]) {
    await queue.shiftClock(60_001)
    while ((await queue.sweep()).more);
  }

  expect(await seen(short)).toEqual(await seen(long))
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
  ['an edge', [job('a'), job('b', { edges: [{ kind: 'order', on: 0, onError: 'fail' }] })]],
  ['an id that is taken', [job('a'), job('a')]],
  ['a large input', [job('a', { input: 'x'.repeat(1025) })]],
  ['a long name', [job('a', { task: 't'.repeat(256) })]],
  ['a queue that is new', [job('a', { queue: 'elsewhere' })]],
] as const)('goes the long way with %s, having changed nothing before', async (_, jobs) => {
  const space = await warmSpace(shortOnly)
  const before = await seen(space)

  await expect(enqueue(space, jobs)).rejects.toThrow('the long way')

  expect(await seen(space)).toEqual(before)
})

it('leaves the same behind on the short way as on the long one', async () => {
  const [short, long] = [await warmSpace(shortOnly), await warmSpace(longOnly)]

  expect(await work(short, PLAIN)).toEqual(await work(long, PLAIN))

  expect(await seen(short)).toEqual(await seen(long))
})

/** A namespace of its own, whose three scripts are given. */
interface Space {
  readonly queue: TaskQueue
  readonly link: RedisLink
  readonly scripts: { readonly enqueue: Script; readonly claim: Script; readonly settle: Script }
  /** The next call of a lane. */
  call(lane: number): Call
}

/** Its session has made a call of each lane, and its queue is there: the first calls always go the long way. */
async function warmSpace(only: (script: Script) => Script): Promise<Space> {
  const namespace = randomUUID()
  const queue = new RedisTaskQueue({ url, namespace })
  await queue.open()
  onTestFinished(() => queue.close())
  await queue.begin({ id: 'session', leaseMs: 60_000 })
  const link = await openLink({ url }, { rootKey: new RedisKeys(namespace).root })
  const numbers = [0, 0]
  const call = (lane: number): Call => {
    const number = (numbers[lane] ?? 0) + 1
    numbers[lane] = number
    return { session: 'session', epoch: 0, lane, number }
  }
  const warm = { queue, link, scripts: SCRIPTS, call }
  await enqueue(warm, [job('first'), job('second', { priority: 3 })])
  await queue.claim(call(1), asRequest({ slots: 1 }), 0)
  const { enqueue: put, claim: take, settle } = SCRIPTS
  return { ...warm, scripts: { enqueue: only(put), claim: only(take), settle: only(settle) } }
}

function shortOnly({ name, source }: Script): Script {
  return { name, source: `${source.slice(0, source.indexOf(LONG))}\nend error('the long way')` }
}

function longOnly({ name, source }: Script): Script {
  return { name, source: source.slice(0, source.indexOf(SHORT)) + source.slice(source.indexOf(LONG) + '\nend'.length) }
}

/** Enqueue jobs and work all off, some at a time; answers the ids of those that ran, but for the first ones. */
async function work(space: Space, jobs: readonly NewJob[]): Promise<readonly string[]> {
  await enqueue(space, jobs)
  const request = asRequest({ slots: 3, ahead: 4 })
  const ran: string[] = []
  let { jobs: held } = (await claim(space, space.call(1), 'client', request)).reply
  while (held.length > 0) {
    ran.push(...held.map(({ id }) => id).filter((id) => id !== 'first' && id !== 'second'))
    const settlements = held.map((each) => success(each))
    held = await settle(space, settlements, request)
  }
  return ran.sort()
}

async function enqueue({ link, scripts, call }: Space, jobs: readonly NewJob[]): Promise<void> {
  const made = call(0)
  const reply = await link.run('data', scripts.enqueue, [packEnqueue(made, jobs)])
  expect(unpackEnqueue(reply, made, jobs.length)).toEqual(jobs.map(() => 'ok'))
}

async function claim({ link, scripts }: Space, call: Call, client: string, request = asRequest()): Promise<Claimed> {
  return unpackClaim(await link.run('data', scripts.claim, [packClaim(call, request, client)]), call)
}

async function settle(space: Space, settlements: readonly Settlement[], request: ClaimRequest) {
  const call = space.call(1)
  const packed = packSettle(call, settlements, request, 'client')
  const { reply } = unpackSettle(await space.link.run('data', space.scripts.settle, [packed]), call, settlements.length)
  expect(reply.answers).toEqual(settlements.map(() => 'ok'))
  return reply.claim?.jobs ?? []
}

/** All that can be seen of a namespace, but for times and tokens, which are times too. */
async function seen({ queue }: Space): Promise<unknown> {
  const ids = ['first', 'second', ...[...PLAIN, ...DELAYED].map(({ id }) => id)]
  const all = [await queue.read(ids), [...(await queue.counts())], await queue.renew('session')]
  return JSON.parse(JSON.stringify(all, (_, value) => (typeof value === 'number' && value > 1e12 ? 'a time' : value)))
}
