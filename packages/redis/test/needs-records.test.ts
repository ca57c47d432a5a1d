import type { ClaimedJob, Command, NewJob } from '@taskspace/core/backend'
import { argumentsOf, asRequest, generatedId, job, order, success, value } from '@taskspace/testing/kit'
import { expect, it } from 'vitest'
import {
  bothWays,
  claim,
  ENDS,
  enqueue,
  longOnly,
  records,
  type Space,
  seen,
  settle,
  shortOnly,
  warmSpace,
  workOff,
} from './two-ways.ts'

/** What the record of a job begins with that waits for others or did so, and is short besides; and that of one that runs. */
const [NEEDING, RUNNING] = [9, 4]

/** What such jobs wait for; they themselves, one of them with a record that can be brief; one that waits for them. */
const PARTS = [generatedId(), 'l'.repeat(300)]
const SUMS = ['sum', 'm'.repeat(260), generatedId()]
const JOBS: readonly NewJob[] = [
  ...PARTS.map((id) => job(id)),
  job(SUMS[0] as string, { reply: true, edges: [value(0), order(1), value(1), value(0)] }),
  job(SUMS[1] as string, { edges: [order(0)] }),
  job(SUMS[2] as string, { edges: [value(1)] }),
  job('next', { reply: true, edges: SUMS.map((id) => value(id, 'pass')) }),
]
const IDS = [...JOBS.map(({ id }) => id), 'late', 'first', 'second']

/** How far the sums have come. */
const STAGES = ['waiting', 'ready', 'running', 'done'] as const

const COMMANDS: readonly Command[] = [
  { kind: 'cancel', ids: [SUMS[0] as string], reason: 'because', cascade: 'cancel' },
  { kind: 'cancel', ids: SUMS, reason: 'because', cascade: 'release' },
  { kind: 'priority', id: SUMS[0] as string, priority: 7 },
  { kind: 'depend', id: SUMS[0] as string, edges: [order('second')] },
  { kind: 'undepend', id: SUMS[0] as string, on: [PARTS[1] as string] },
  { kind: 'undepend', id: SUMS[1] as string, on: 'all' },
  { kind: 'expire-lease', id: SUMS[0] as string },
  { kind: 'remove', id: SUMS[0] as string },
  { kind: 'drain', queue: 'default' },
]

it.each(STAGES)('keeps the same of jobs that are %s on either way', async (stage) => {
  const found: (readonly (readonly [form: number, size: number])[])[] = []
  for (const only of [shortOnly, longOnly]) {
    const space = await warmSpace(only)
    await comeTo(stage, space)
    found.push(await records(space))
  }

  const [forms, others] = found.map((each) => each.map(([form]) => form))
  expect(forms).toEqual(others)
  // Of a job that is done, one way keeps names and time as they were, and the other as small as it can.
  if (stage !== 'done') expect(found[0]).toEqual(found[1])
  expect(forms?.filter((form) => form === NEEDING)).toHaveLength(stage === 'running' ? 1 : SUMS.length + 1)
  expect(forms?.filter((form) => form === RUNNING)).toHaveLength(stage === 'running' ? SUMS.length : 0)
})

it.each(STAGES)('does as the long way after commands about jobs that are %s', async (stage) => {
  for (const command of COMMANDS) {
    const found = await bothWays(IDS, async (space) => {
      const held = await comeTo(stage, space)
      const answers = await space.queue.control(space.call(0), [command])
      const after = await seen(space, IDS)
      const settlements = held.map((each) => success(each, '"held"'))
      const settled = await space.queue.settle(space.call(1), settlements, undefined)
      return [answers, after, settled.answers, await workOff(space, '"end"')]
    })

    expect(found.either, JSON.stringify(command)).toEqual(found.long)
  }
})

it.each(Object.entries(ENDS))('does as the long way when jobs that waited end by %s', async (_, end) => {
  const found = await bothWays(IDS, async (space) => {
    const held = await comeTo('running', space)
    await enqueue(space, [job('late', { edges: SUMS.map((id) => order(id, 'wait')) })])
    const next = await settle(space, held.map(end), asRequest({ slots: 0, ahead: 2 }))
    const after = await seen(space, IDS)
    return [after, next.jobs.map(({ id }) => [id, argumentsOf(next, id)]), await workOff(space, '"end"', next)]
  })

  expect(found.either).toEqual(found.long)
})

it.each(STAGES)('gives new jobs edges to ones that are %s, and replaces these, as the long way does', async (stage) => {
  const found = await bothWays(IDS, async (space) => {
    const held = await comeTo(stage, space)
    await enqueue(space, [job('late', { edges: [...SUMS.map((id) => value(id)), order(SUMS[0] as string)] })])
    const replaced = job(SUMS[2] as string, { onDuplicate: 'replace', edges: [order('second')] })
    const answers = await space.queue.enqueue(space.call(0), [replaced])
    const settled = await space.queue.settle(
      space.call(1),
      held.map((each) => success(each)),
      undefined,
    )
    return [answers, settled.answers, await workOff(space, '"end"')]
  })

  expect(found.either).toEqual(found.long)
})

it('hands ends on in an order that is not that of the edges', async () => {
  const found = await bothWays(['a', 'b', 'c', 'sum'], async (space) => {
    await enqueue(space, [
      job('a'),
      job('b'),
      job('c'),
      job('sum', { edges: [value(2), order(1), value(0), value(1)] }),
    ])
    const ran: unknown[] = []
    let { reply } = await claim(space, space.call(1), 'client', asRequest({ slots: 1 }))
    while (reply.jobs.length > 0) {
      ran.push(await seen(space, ['sum']), ...reply.jobs.map(({ id }) => [id, argumentsOf(reply, id)]))
      reply = await settle(
        space,
        reply.jobs.map((each) => success(each, `"${each.id}"`)),
        asRequest({ slots: 1 }),
      )
    }
    return ran
  })

  expect(found.either).toEqual(found.long)
})

/** Store all, and bring the sums so far; answers those that are held then. */
async function comeTo(stage: (typeof STAGES)[number], space: Space): Promise<readonly ClaimedJob[]> {
  await enqueue(space, JOBS)
  if (stage === 'waiting') return []
  const { reply } = await claim(space, space.call(1), 'client', asRequest({ slots: 1 + PARTS.length }))
  const slots = stage === 'ready' ? 0 : SUMS.length
  const held = await settle(
    space,
    reply.jobs.map((each) => success(each, `"${each.id.slice(0, 9)}"`)),
    asRequest({ slots }),
  )
  if (stage !== 'done') return held.jobs
  await settle(
    space,
    held.jobs.map((each) => success(each, '"sum"')),
    asRequest({ slots: 0 }),
  )
  return []
}
