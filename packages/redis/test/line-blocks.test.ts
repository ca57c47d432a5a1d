import type { NewJob } from '@taskspace/core/backend'
import { asRequest, generatedId, job, success } from '@taskspace/testing/kit'
import { Redis } from 'ioredis'
import { expect, inject, it, onTestFinished } from 'vitest'
import type { Script } from '../src/connection/redis-link.ts'
import { RedisKeys } from '../src/keys.ts'
import { claim, enqueue, longOnly, type Space, settle, shortOnly, warmSpace } from './two-ways.ts'

const url = inject('redisUrl')

const STEPS = 30
const MOST_IN_BLOCK = 16
/** What an id begins with that is a uuid. */
const UUID = 0x75

const either = (script: Script): Script => script

it.each([
  ['the short way', shortOnly, false],
  ['the long way', longOnly, true],
  ['either way', either, true],
] as const)('hands jobs out in their order, by blocks that are read in part, on %s', async (_, only, cancels) => {
  const space = await warmSpace(only)
  const lines: Record<Priority, string[]> = { 3: [], 0: ['first'] }
  const pick = picker(7)
  for (let step = 0; step < STEPS; step += 1) {
    const fresh = Array.from({ length: 1 + pick(step % 3 === 0 ? 90 : 3) }, (_, at) => sample(step, at, pick))
    await enqueue(space, fresh)
    for (const { id, priority = 0 } of fresh) lines[priority as Priority].push(id)
    if (cancels && step % 4 === 3) await cancelSome(space, lines[0], pick)
    for (const block of await blocks(space)) expect(block.length).toBeLessThanOrEqual(MOST_IN_BLOCK)
    await takeSome(space, lines, 1 + pick(60))
  }
  await takeSome(space, lines, 5000)

  expect(lines).toEqual({ 3: [], 0: [] })
  expect(await blocks(space)).toEqual([])
})

it('keeps jobs of one call in full blocks, each with its positions once', async () => {
  const space = await warmSpace(shortOnly)
  const ids = Array.from({ length: 100 }, () => generatedId())

  await enqueue(
    space,
    ids.map((id) => job(id, { generated: true })),
  )

  const found = await blocks(space)
  expect(found.map(({ length }) => length)).toEqual(Array.from({ length: 6 }, () => 16))
  // The first job of the namespace was there before.
  expect(found.map(({ runs }) => runs)).toEqual([2, 1, 1, 1, 1, 1])
})

type Priority = 0 | 3

/** A job of any kind of id. */
function sample(step: number, at: number, pick: (below: number) => number): NewJob {
  const name = `${step}.${at}`
  const id = [generatedId(), name, name.padEnd(300, 'x')][pick(3)] ?? name
  return job(id, { ...(pick(5) === 0 && { priority: 3 }), ...(pick(3) === 0 && { reply: true }) })
}

async function cancelSome({ queue, call }: Space, line: string[], pick: (below: number) => number): Promise<void> {
  const ids = line.filter(() => pick(3) === 0)
  line.splice(0, line.length, ...line.filter((id) => !ids.includes(id)))
  for (let from = 0; from < ids.length; from += 100) {
    const command = { kind: 'cancel', ids: ids.slice(from, from + 100), reason: '', cascade: 'refuse' } as const
    await queue.control(call(1), [command])
  }
}

/** Take jobs, in one or more calls, and expect that they are the next ones. */
async function takeSome(space: Space, lines: Record<Priority, string[]>, wanted: number): Promise<void> {
  const request = asRequest({ slots: Math.min(wanted, 250) })
  let left = wanted
  let { jobs: held } = (await claim(space, space.call(1), 'client', request)).reply
  while (held.length > 0) {
    left -= held.length
    const next = lines[3].splice(0, held.length)
    next.push(...lines[0].splice(0, held.length - next.length))
    expect(held.map(({ id }) => id)).toEqual(next)
    const settlements = held.map((each) => success(each))
    held = (await settle(space, settlements, asRequest({ slots: Math.min(Math.max(left, 0), 250) }))).jobs
  }
}

/** A list of the namespace's line of priority 0 that has blocks: how many jobs, and runs, each has. */
async function blocks({ queue }: Space): Promise<{ readonly length: number; readonly runs: number }[]> {
  const admin = new Redis(url)
  onTestFinished(() => admin.disconnect())
  const { root } = new RedisKeys(queue.namespace)
  const found = await admin.lrangeBuffer(`${root}:line:0:default`, 0, -1)
  return found.map((block) => {
    const all = { length: 0, runs: 0 }
    for (let at = 0; at < block.length; all.runs += 1) {
      const count = block.readUInt8(at + 6)
      at += 7
      for (let each = 0; each < count; each += 1) at += block[at] === UUID ? 17 : 3 + block.readUInt16BE(at + 1)
      all.length += count
    }
    return all
  })
}

/** Whole numbers from 0 on, below what is asked for: the same for the same seed. */
function picker(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
}
