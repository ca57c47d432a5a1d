import type { ClaimReply, NewJob } from '@taskspace/core/backend'
import { argumentsOf, asRequest, generatedId, inline, job, order, success, value } from '@taskspace/testing/kit'
import { expect, it } from 'vitest'
import {
  claim,
  either,
  enqueue,
  longOnly,
  type Space,
  seen,
  settle,
  shortOnly,
  warmSpace,
  workOff,
} from './two-ways.ts'

const SEQUENCES = 30
const STEPS = 14

it('goes the short way with jobs that wait for others of their call, and with those, ahead of their time too', async () => {
  const space = await warmSpace(shortOnly)
  await enqueue(space, [
    job('a'),
    job('b', { reply: true, tags: ['red'] }),
    job('sum', { reply: true, edges: [value(0), value(1), value(0), order('first')] }),
    job('next', { priority: 3, edges: [value('sum'), order('a')] }),
  ])

  const ran = await workOff(space, '"x"')

  expect(ran).toEqual({
    a: [],
    b: [],
    first: [],
    next: [inline('"x"')],
    sum: [inline('"x"'), inline('"x"'), inline('"x"')],
  })
})

it('goes the short way with jobs that wait for ones that run, or have a small result', async () => {
  const space = await warmSpace(shortOnly)
  await enqueue(space, [job('a', { priority: 9 }), job('b', { priority: 9 })])
  const held = (await claim(space, space.call(1), 'client', asRequest({ slots: 2 }))).reply.jobs
  const [done, running] = [held[0] ?? expect.fail('a is held'), held[1] ?? expect.fail('b is held')]
  await settle(space, [success(done, '"done"')], asRequest({ slots: 0 }))

  await enqueue(space, [job('sum', { edges: [value(done.id), value(running.id)] })])
  await enqueue(space, [job('after', { priority: 8, edges: [order(done.id)] })])
  const reply = await settle(space, [success(running, '"ran"')], asRequest({ slots: 9 }))

  expect(reply.jobs.map(({ id }) => id)).toEqual(['after', 'first', 'sum'])
  expect(argumentsOf(reply, 'sum')).toEqual([inline('"done"'), inline('"ran"')])
})

it.each([
  ['in which all is plain', shortOnly, { results: ['"x"', '"y"', '42'], task: 'work' }],
  ['whose calls go either way', either, { results: ['"x"', '42', `"${'z'.repeat(200)}"`], task: 'w'.repeat(256) }],
] as const)('leaves the same behind as the long way after sequences %s', { timeout: 120_000 }, async (_, only, use) => {
  const [short, long] = [await warmSpace(only), await warmSpace(longOnly)]
  for (let seed = 1; seed <= SEQUENCES; seed += 1) {
    const ids = Array.from({ length: 40 }, () => generatedId())
    const [found, wanted] = [await live(short, seed, ids, use), await live(long, seed, ids, use)]

    expect(found, `of sequence ${seed}`).toEqual(wanted)
    expect(await seen(short, ids), `of sequence ${seed}`).toEqual(await seen(long, ids))
  }
})

/** What a sequence makes use of: results, and for some jobs a task. */
interface Use {
  readonly results: readonly string[]
  readonly task: string
}

/** Enqueue jobs with edges and run some, by turns, as a seed says. Answers what the claims handed out. */
async function live(space: Space, seed: number, ids: readonly string[], use: Use): Promise<unknown> {
  const pick = picker(seed)
  const handed: unknown[] = []
  let stored = 0
  let held = (await claim(space, space.call(1), 'client', asRequest({ slots: 2 }))).reply
  for (let step = 0; step < STEPS; step += 1) {
    const fresh = ids.slice(stored, stored + pick(4))
    if (fresh.length > 0)
      await enqueue(
        space,
        fresh.map((id, at) => sample(id, ids.slice(0, stored + at), stored, use, pick)),
      )
    stored += fresh.length
    handed.push(handedIn(held))
    const settlements = held.jobs.map((each) => success(each, use.results[each.id.charCodeAt(35) % use.results.length]))
    const request = asRequest({ slots: 1 + pick(4), ahead: pick(4) })
    held = await settle(space, settlements, request)
  }
  handed.push(handedIn(held), await workOff(space, '"end"', held))
  return handed
}

/** A job with up to four edges to others that came before; `stored`: how many of those by earlier calls. */
function sample(
  id: string,
  before: readonly string[],
  stored: number,
  { task }: Use,
  pick: (below: number) => number,
): NewJob {
  const edges = Array.from({ length: before.length === 0 ? 0 : pick(5) }, () => {
    const at = Math.max(0, before.length - 1 - pick(6))
    const on = at >= stored && pick(2) === 0 ? at - stored : (before[at] as string)
    return pick(3) === 0 ? order(on) : value(on)
  })
  return job(id, {
    ...(pick(3) === 0 && { reply: true }),
    ...(pick(3) === 0 && { priority: 3 }),
    ...(pick(4) === 0 && { meta: 'more' }),
    ...(pick(6) === 0 && { task }),
    ...(edges.length > 0 && { edges }),
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

function handedIn(reply: ClaimReply): unknown {
  return reply.jobs.map(({ id, priority, ahead, attempt }) => [id, priority, ahead, attempt, argumentsOf(reply, id)])
}
