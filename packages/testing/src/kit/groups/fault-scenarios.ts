import type { ClaimedJob, Command, Settlement, TaskQueue } from '@taskspace/core/backend'
import type { FaultyOperation } from '../faults/faulty-queue.ts'
import type { KitSession } from '../session/kit-session.ts'
import { job, order, value } from '../session/sample-job.ts'
import { crash, failure, forward, giveBack, news, retry, success, unknownTask } from '../session/sample-settlement.ts'
import { timeless } from '../timeless.ts'

/** A call that a fault is to hit. */
export interface FaultScenario {
  /** Such as `an enqueue`. */
  readonly name: string
  readonly operation: FaultyOperation
  /** Make the call; `held` is the claim of job `a`. */
  act(session: KitSession, held: ClaimedJob): Promise<unknown>
}

/** Every id that a scenario uses. */
const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'n', 'm']

/** Jobs in every state that the calls need: `a` is held, `d` and `f` wait for it, `g` has ended. */
export async function arrange(session: KitSession): Promise<ClaimedJob> {
  await session.put(job('a'), job('b'), job('c'), job('e', { delayMs: 60_000 }), job('g'))
  await session.put(job('d', { edges: [value('a'), order('c')] }), job('f', { edges: [value('a')] }))
  await session.control({ kind: 'cancel', ids: ['g'], reason: 'not needed', cascade: 'refuse' })
  return session.takeOne()
}

/** All that can be seen of a scenario's jobs, without what two runs differ in. */
export async function observe(queue: TaskQueue): Promise<unknown> {
  const [records, counts, journal] = await Promise.all([queue.read(IDS), queue.counts(), queue.journal('a', 0, 10)])
  return timeless({ records, counts, journal })
}

/** The claims that a session holds. */
export async function heldBy(session: KitSession): Promise<{ id: string; token: number }[]> {
  const records = await session.queue.read(IDS)
  return records.flatMap((record) => (record?.token === undefined ? [] : [{ id: record.id, token: record.token }]))
}

function settling(name: string, settlement: (held: ClaimedJob) => Settlement): FaultScenario {
  return { name, operation: 'settle', act: (session, held) => session.settle(settlement(held)) }
}

function ordering(name: string, command: Command): FaultScenario {
  return { name, operation: 'control', act: (session) => session.control(command) }
}

/** The calls that carry a number, one for each thing that they can do. */
export const NUMBERED_SCENARIOS: readonly FaultScenario[] = [
  {
    name: 'an enqueue',
    operation: 'enqueue',
    act: (session) => session.enqueue(job('n'), job('a'), job('m', { edges: [value(0)] })),
  },
  { name: 'a claim', operation: 'claim', act: (session) => session.claim({ slots: 2 }) },
  {
    name: 'a settle that claims',
    operation: 'settle',
    act: (session, held) => session.settleAndClaim([success(held)], { slots: 2 }),
  },
  settling('a success', (held) => success(held)),
  settling('a failure', (held) => failure(held)),
  settling('a retry', (held) => retry(held)),
  settling('a forward', (held) => forward(held, 'b')),
  settling('a return', (held) => giveBack(held)),
  settling('a crash', (held) => crash(held)),
  settling('an unknown task', (held) => unknownTask(held)),
  {
    name: 'an append',
    operation: 'append',
    act: (session, held) =>
      session.append(news(held, { progress: 0.5, output: '"half"', lines: ['one', 'two'], skipped: 1 })),
  },
  ordering('a cancel', { kind: 'cancel', ids: ['a', 'b', 'g', 'x'], reason: 'enough', cascade: 'cancel' }),
  ordering('a refused cancel', { kind: 'cancel', ids: ['b', 'a'], reason: 'enough', cascade: 'refuse' }),
  ordering('an expired lease', { kind: 'expire-lease', id: 'a' }),
  ordering('a change of priority', { kind: 'priority', id: 'b', priority: -1 }),
  ordering('a new edge', { kind: 'depend', id: 'd', edges: [order('b')] }),
  ordering('a removed edge', { kind: 'undepend', id: 'd', on: 'all' }),
  ordering('a drain', { kind: 'drain', queue: 'default' }),
  ordering('a removal', { kind: 'remove', id: 'g' }),
]

/** The calls that may be repeated as they are. */
export const PLAIN_SCENARIOS: readonly FaultScenario[] = [
  { name: 'a begin', operation: 'begin', act: (session) => session.begin().then(() => 'begun') },
  { name: 'an end', operation: 'end', act: (session) => session.end() },
  { name: 'a renew', operation: 'renew', act: (session) => session.renew() },
  { name: 'a resume', operation: 'resume', act: (session) => session.resume() },
]
