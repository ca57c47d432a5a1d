import { expect } from 'vitest'
import type { FaultyOperation } from '../faults/faulty-queue.ts'
import { argumentsOf, idsOf, inline, present } from '../session/claimed.ts'
import type { KitSession } from '../session/kit-session.ts'
import { job, order, value } from '../session/sample-job.ts'
import { forward, news, retry, success } from '../session/sample-settlement.ts'

/** One call of the life, made on whatever the session was handed before. */
export interface LifeStep {
  /** Such as `the first claim`. */
  readonly name: string
  readonly operation: FaultyOperation
  act(session: KitSession): Promise<unknown>
}

/** The jobs of the life: two parents, a dependent of both, one that forwards to a fourth, and one after all. */
export const LIFE_IDS = ['left', 'right', 'sum', 'asks', 'answers', 'last'] as const

const PARENTS = [job('left'), job('right')]
const DEPENDENTS = [
  job('sum', { edges: [value('left'), value('right')] }),
  job('asks'),
  job('answers'),
  job('last', { edges: [value('sum'), order('asks')] }),
]

/** Enqueue what is not there yet, as a client does that does not know what became of its predecessor. */
export async function enqueueLife(session: KitSession): Promise<void> {
  const batch = [...PARENTS, ...DEPENDENTS].map((each) => ({ ...each, onDuplicate: 'return' }) as const)
  const answers = await session.enqueue(...batch)
  expect(answers.filter((answer) => answer !== 'ok' && answer !== 'existing')).toEqual([])
}

/** Run all that can be run, checking that each job gets the results of those it needs. */
export async function workOff(session: KitSession): Promise<void> {
  for (let count = 0; count <= LIFE_IDS.length; count += 1) {
    const reply = await session.claim()
    const [claimed] = reply.jobs
    if (!claimed) return
    if (claimed.id === 'sum') expect(argumentsOf(reply)).toEqual([inline('"left"'), inline('"right"')])
    if (claimed.id === 'last') expect(argumentsOf(reply)).toEqual([inline('"sum"')])
    const end = claimed.id === 'asks' ? forward(claimed, 'answers') : success(claimed, `"${claimed.id}"`)
    expect(await session.settle(end)).toEqual(['ok'])
  }
  expect.fail('a job is handed out again though it was decided')
}

/** What the session was handed, by job: steps find their claim here. */
const HANDED = new WeakMap<KitSession, Map<string, { readonly id: string; readonly token: number }>>()

async function take(session: KitSession, slots: number): Promise<void> {
  const taken = await session.take(slots)
  const handed = HANDED.get(session) ?? new Map()
  HANDED.set(session, new Map([...handed, ...taken.map((each) => [each.id, each] as const)]))
  expect(idsOf(taken)).toHaveLength(slots)
}

function held(session: KitSession, id: string): { readonly id: string; readonly token: number } {
  return present(HANDED.get(session)?.get(id), `the claim of ${id}`)
}

/** The life, call by call. */
export const LIFE: readonly LifeStep[] = [
  { name: 'the enqueue of the parents', operation: 'enqueue', act: (session) => session.put(...PARENTS) },
  { name: 'the enqueue of the dependents', operation: 'enqueue', act: (session) => session.put(...DEPENDENTS) },
  { name: 'the first claim', operation: 'claim', act: (session) => take(session, 2) },
  {
    name: 'the append',
    operation: 'append',
    act: (session) => session.append(news(held(session, 'left'), { progress: 0.5 })),
  },
  {
    name: 'the success of a parent',
    operation: 'settle',
    act: (session) => session.settle(success(held(session, 'left'), '"left"')),
  },
  {
    name: 'the retry of the other',
    operation: 'settle',
    act: (session) => session.settle(retry(held(session, 'right'))),
  },
  { name: 'the second claim', operation: 'claim', act: (session) => take(session, 3) },
  {
    name: 'the forward',
    operation: 'settle',
    act: (session) => session.settle(forward(held(session, 'asks'), 'answers')),
  },
  {
    name: 'the last success of a parent',
    operation: 'settle',
    act: (session) => session.settle(success(held(session, 'right'), '"right"')),
  },
  { name: 'the renewal', operation: 'renew', act: (session) => session.renew() },
  {
    name: 'the success of the target',
    operation: 'settle',
    act: (session) => session.settle(success(held(session, 'answers'), '"answers"')),
  },
  { name: 'the claim of the sum', operation: 'claim', act: (session) => take(session, 1) },
  {
    name: 'the success of the sum',
    operation: 'settle',
    act: (session) => session.settle(success(held(session, 'sum'), '"sum"')),
  },
]
