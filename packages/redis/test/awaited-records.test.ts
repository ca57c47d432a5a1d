import type { Command, NewJob } from '@taskspace/core/backend'
import { argumentsOf, asRequest, generatedId, job, order, success, value } from '@taskspace/testing/kit'
import { expect, it } from 'vitest'
import {
  bothWays,
  claim,
  ENDS,
  enqueue,
  longOnly,
  records,
  seen,
  settle,
  shortOnly,
  warmSpace,
  workOff,
} from './two-ways.ts'

/** What the record of a job begins with that others wait for, and that is short besides; and that of one that runs. */
const [AWAITED, RUNNING] = [8, 4]

/** An id that is packed as a uuid is, one whose length takes two bytes, and one like the beginning of a uuid. */
const PARTS = [generatedId(), 'l'.repeat(300), 'u']

const JOBS: readonly NewJob[] = [
  ...PARTS.map((id) => job(id, { reply: true })),
  job('sum', { edges: [...PARTS.map((id) => value(id, 'pass')), value(0, 'pass'), order('first')] }),
  ...PARTS.map((_, at) => job(`needs ${at}`, { reply: true, tags: ['red'], edges: [value(at), order('sum', 'wait')] })),
  job('waits', { priority: 3, edges: PARTS.map((id) => order(id, 'wait')) }),
]
const IDS = [...JOBS.map(({ id }) => id), 'late', 'first', 'second']

const COMMANDS: readonly Command[] = [
  { kind: 'cancel', ids: PARTS, reason: 'because', cascade: 'cancel' },
  { kind: 'cancel', ids: PARTS, reason: 'because', cascade: 'refuse' },
  { kind: 'cancel', ids: ['sum'], reason: 'because', cascade: 'release' },
  { kind: 'priority', id: PARTS[1] as string, priority: 7 },
  { kind: 'priority', id: 'sum', priority: -7 },
  { kind: 'depend', id: 'sum', edges: [order(PARTS[2] as string)] },
  { kind: 'undepend', id: 'waits', on: [PARTS[0] as string] },
  { kind: 'undepend', id: 'waits', on: 'all' },
  { kind: 'expire-lease', id: PARTS[0] as string },
  { kind: 'drain', queue: 'default' },
]

it('keeps who waits before the short record of a job, on either way the same, and while it runs too', async () => {
  const [short, long] = [await warmSpace(shortOnly), await warmSpace(longOnly)]
  const found: unknown[] = []
  for (const space of [short, long]) {
    await enqueue(space, JOBS)
    const stored = await records(space)
    await claim(space, space.call(1), 'client', asRequest({ slots: 3 }))
    found.push([stored, await records(space)])
  }

  const [stored, running] = found[0] as Awaited<ReturnType<typeof records>>[]
  expect(found[1]).toEqual(found[0])
  expect(stored?.filter(([form]) => form === AWAITED)).toHaveLength(PARTS.length + 1)
  expect(running?.filter(([form]) => form === AWAITED)).toHaveLength(1)
  expect(running?.filter(([form]) => form === RUNNING)).toHaveLength(3)
})

it.each(COMMANDS)('does as the long way after a command about jobs that others wait for: %o', async (command) => {
  for (const slots of [0, 3]) {
    const found = await bothWays(IDS, async (space) => {
      await enqueue(space, JOBS)
      const { reply } = await claim(space, space.call(1), 'client', asRequest({ slots }))
      const answers = await space.queue.control(space.call(0), [command])
      const after = await seen(space, IDS)
      const held = reply.jobs.map((each) => success(each, '"held"'))
      const settled = await space.queue.settle(space.call(1), held, undefined)
      return [answers, after, settled.answers, await workOff(space, '"end"')]
    })

    expect(found.either, `with ${slots} that run`).toEqual(found.long)
  }
})

it.each(Object.entries(ENDS))('does as the long way when jobs end by %s that others wait for', async (_, end) => {
  const found = await bothWays(IDS, async (space) => {
    await enqueue(space, JOBS)
    const { reply } = await claim(space, space.call(1), 'client', asRequest({ slots: 3 }))
    await enqueue(space, [job('late', { edges: [...PARTS.map((id) => value(id, 'pass')), order('first', 'wait')] })])
    const next = await settle(space, reply.jobs.map(end), asRequest({ slots: 0, ahead: 2 }))
    const after = await seen(space, IDS)
    return [after, next.jobs.map(({ id }) => [id, argumentsOf(next, id)]), await workOff(space, '"end"', next)]
  })

  expect(found.either).toEqual(found.long)
})

it('replaces jobs that others wait for, and stores them anew, as the long way does', async () => {
  const found = await bothWays(IDS, async (space) => {
    await enqueue(space, JOBS)
    const again = PARTS.map((id, at) =>
      job(id, { onDuplicate: 'replace', reply: true, edges: at > 0 ? [value('second')] : [] }),
    )
    const answers = await space.queue.enqueue(space.call(0), again)
    const ran = await workOff(space, '"end"')
    const anew = await space.queue.enqueue(space.call(0), [job(PARTS[0] as string, { reuseEnded: true })])
    return [answers, ran, anew, await workOff(space, '"anew"')]
  })

  expect(found.either).toEqual(found.long)
})

it('hands results on to more jobs than a record has room for, which come by and by', async () => {
  const found = await bothWays(IDS, async (space) => {
    await enqueue(
      space,
      PARTS.map((id) => job(id)),
    )
    const ids = Array.from({ length: 40 }, (_, at) => `n${at}`)
    for (const id of ids.slice(0, 20)) await enqueue(space, [job(id, { edges: PARTS.map((part) => value(part)) })])
    const { reply } = await claim(space, space.call(1), 'client', asRequest({ slots: 2 }))
    for (const id of ids.slice(20)) await enqueue(space, [job(id, { edges: PARTS.map((part) => value(part)) })])
    return [await workOff(space, '"x"', reply), await seen(space, [...PARTS, ...ids])]
  })

  expect(found.either).toEqual(found.long)
})
