import { randomUUID } from 'node:crypto'
import type { Call, NewJob, TaskQueue } from '@taskspace/core/backend'
import { asRequest, job, order, success, value } from '@taskspace/testing/kit'
import { Redis } from 'ioredis'
import { expect, inject, it, onTestFinished } from 'vitest'
import type { RedisLink, Script } from '../src/connection/redis-link.ts'
import { RedisKeys } from '../src/keys.ts'
import { packEnqueue } from '../src/operations/enqueue.ts'
import { packSettle } from '../src/operations/settle.ts'
import { RedisTaskQueue } from '../src/redis-task-queue.ts'
import { SCRIPTS } from '../src/scripts.ts'
import { openLink } from './connection/open-link.ts'

const url = inject('redisUrl')

/** More commands than any of these scripts has. */
const MOST_COMMANDS = 60

it('leaves nothing of an enqueue half done, at whichever of its commands it breaks off [PT-40]', async () => {
  const jobs = [
    job('a'),
    job('b', { edges: [value('a')], input: 'x'.repeat(2000) }),
    job('c', { delayMs: 60_000, queue: 'other' }),
    job('d', { edges: [order('c')], reply: true, input: 'x'.repeat(70_000) }),
  ]

  const found = await eachBreak(SCRIPTS.enqueue, async ({ queue, link, call }, script) => {
    const isBroken = await breaksOff(link, script, packEnqueue(call, jobs))
    const records = await queue.read(jobs.map(({ id }) => id))
    const stored = records.filter((record) => record !== undefined).length

    expect([0, jobs.length]).toContain(stored)
    expect(await queue.enqueue(call, jobs)).toEqual(jobs.map(() => 'ok'))
    await runsOnce(queue, jobs)
    return { isBroken, stored }
  })

  expect(found.some(({ isBroken, stored }) => isBroken && stored === 0)).toBe(true)
  expect(found.at(-1)).toEqual({ isBroken: false, stored: jobs.length })
})

it('leaves nothing of a settlement and the claim with it half done, at whichever of its commands it breaks off', async () => {
  const jobs = [
    job('a', { reply: true }),
    job('b', { edges: [value('a')] }),
    ...Array.from({ length: 50 }, (_, at) => job(`j${at}`)),
  ]

  const found = await eachBreak(SCRIPTS.settle, async ({ queue, link, call }, script) => {
    await queue.enqueue(call, jobs)
    const { jobs: held } = await queue.claim({ ...call, lane: 1 }, asRequest(), 0)
    const settlements = held.map((each) => success(each, 'x'.repeat(2000)))
    const next = { ...call, lane: 1, number: 2 }
    const isBroken = await breaksOff(link, script, packSettle(next, settlements, asRequest({ slots: 3 }), undefined))
    const [record] = await queue.read(['a'])
    const { processing } = (await queue.counts()).get('default') ?? expect.fail('there is a queue')

    expect([record?.state, processing]).toEqual(record?.state === 'success' ? ['success', 3] : ['processing', 1])
    const { answers, claim } = await queue.settle(next, settlements, asRequest({ slots: 3 }))
    expect([answers, claim?.jobs.map(({ id }) => id)]).toEqual([['ok'], ['j0', 'j1', 'j2']])
    return { isBroken, state: record?.state }
  })

  expect(found.some(({ isBroken, state }) => isBroken && state === 'processing')).toBe(true)
  expect(found.at(-1)).toEqual({ isBroken: false, state: 'success' })
})

it.each([['due'], ['queues'], ['parked:default'], ['blobs']])(
  'stores nothing, and says why, where %s of the namespace is something else',
  async (name) => {
    const { queue, call, root } = await space()
    const admin = new Redis(url)
    onTestFinished(() => admin.disconnect())
    await admin.set(`${root}:${name}`, 'something else')
    const jobs = [job('a'), job('b', { delayMs: 1000 }), job('c', { edges: [order('a')], input: 'x'.repeat(2000) })]

    await expect(queue.enqueue(call, jobs)).rejects.toMatchObject({ code: 'BACKEND_REFUSED' })

    expect(await queue.read(['a', 'b', 'c'])).toEqual([undefined, undefined, undefined])
    await admin.del(`${root}:${name}`)
    expect(await queue.counts()).toEqual(new Map())
    expect(await queue.enqueue(call, jobs)).toEqual(['ok', 'ok', 'ok'])
  },
)

interface Space {
  readonly queue: TaskQueue
  readonly link: RedisLink
  readonly root: string
  /** The first call of the session. */
  readonly call: Call
}

/** A namespace of its own, with a session. */
async function space(): Promise<Space> {
  const namespace = randomUUID()
  const { root } = new RedisKeys(namespace)
  const queue = new RedisTaskQueue({ url, namespace })
  const link = await openLink({ url }, { rootKey: root })
  await queue.open()
  onTestFinished(() => queue.close())
  await queue.begin({ id: 'session', leaseMs: 60_000 })
  return { queue, link, root, call: { session: 'session', epoch: 0, lane: 0, number: 1 } }
}

/** Try a script that breaks off at its first command, at its second, and so on until it does not. */
async function eachBreak<T extends { readonly isBroken: boolean }>(
  script: Script,
  attempt: (space: Space, script: Script) => Promise<T>,
): Promise<T[]> {
  const found: T[] = []
  for (let command = 1; command <= MOST_COMMANDS; command += 1) {
    const seen = await attempt(await space(), breakingOff(script, command))
    found.push(seen)
    if (!seen.isBroken) return found
  }
  expect.fail('the script has no end')
}

/** The script, whose command of this number fails. */
function breakingOff({ name, source }: Script, number: number): Script {
  const wrapped = `local real, count = redis, 0
    local function counted(run) return function(...)
      count = count + 1
      if count == ${number} then error('broken off') end
      return run(...)
    end end
    local redis = { call = counted(real.call), pcall = counted(real.pcall) }`
  return { name, source: `${wrapped}\n${source}` }
}

async function breaksOff(link: RedisLink, script: Script, request: Buffer): Promise<boolean> {
  try {
    await link.run('data', script, [request])
    return false
  } catch (error) {
    expect(String(error)).toContain('broken off')
    return true
  }
}

/** All of the jobs that nothing holds back are handed out, each once. */
async function runsOnce(queue: TaskQueue, jobs: readonly NewJob[]): Promise<void> {
  const call = { session: 'session', epoch: 0, lane: 1, number: 1 }
  const { jobs: first } = await queue.claim(call, asRequest({ slots: 9 }), 0)
  const { claim } = await queue.settle(
    { ...call, number: 2 },
    first.map((each) => success(each)),
    asRequest({ slots: 9 }),
  )

  expect([...first, ...(claim?.jobs ?? [])].map(({ id }) => id)).toEqual(['a', 'b'])
  expect(await queue.counts('other')).toMatchObject(new Map([['other', { scheduled: 1, enqueued: 0 }]]))
  expect(jobs).toHaveLength(4)
}
