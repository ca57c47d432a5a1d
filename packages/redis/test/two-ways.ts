import { randomUUID } from 'node:crypto'
import {
  type Call,
  type ClaimedJob,
  type ClaimReply,
  type ClaimRequest,
  type NewJob,
  NOTHING_CLAIMED,
  type Settlement,
  type TaskQueue,
} from '@taskspace/core/backend'
import { argumentsOf, asRequest, crash, failure, forward, giveBack, job, retry, success } from '@taskspace/testing/kit'
import { expect, inject, onTestFinished } from 'vitest'
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
const [SHORT, LONG] = ['\ndo\n', '\nend\n-- The long way']

/** A namespace of its own, whose three scripts are given. */
export interface Space {
  readonly queue: TaskQueue
  readonly link: RedisLink
  readonly scripts: { readonly enqueue: Script; readonly claim: Script; readonly settle: Script }
  /** The next call of a lane. */
  call(lane: number): Call
}

/** A namespace whose session has made a call of each lane, and its queue is there: the first calls always go the long way. */
export async function warmSpace(only: (script: Script) => Script): Promise<Space> {
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

/** What jobs that are held may end by. */
export const ENDS: Readonly<Record<string, (held: ClaimedJob) => Settlement>> = {
  success: (held) => success(held, '"done"'),
  'a success that is kept for another time': (held) => success(held, '"done"', 1000),
  'a large success': (held) => success(held, `"${'z'.repeat(3000)}"`),
  failure: (held) => failure(held),
  retry: (held) => retry(held),
  return: (held) => giveBack(held),
  crash: (held) => crash(held),
  forward: (held) => forward(held, 'second'),
}

/** A script as it is. */
export function either(script: Script): Script {
  return script
}

/** A script that breaks off where it would go the long way. */
export function shortOnly({ name, source }: Script): Script {
  return { name, source: `${source.slice(0, source.indexOf(LONG))}\nend error('the long way')` }
}

/** A script without its short way. */
export function longOnly({ name, source }: Script): Script {
  return { name, source: source.slice(0, source.indexOf(SHORT)) + source.slice(source.indexOf(LONG) + '\nend'.length) }
}

/** Enqueue jobs, all of which are stored. */
export async function enqueue({ link, scripts, call }: Space, jobs: readonly NewJob[]): Promise<void> {
  const made = call(0)
  const reply = await link.run('data', scripts.enqueue, [packEnqueue(made, jobs)])
  expect(unpackEnqueue(reply, made, jobs.length)).toEqual(jobs.map(() => 'ok'))
}

/** Claim jobs; `client` waits if there is none. */
export async function claim(
  { link, scripts }: Space,
  call: Call,
  client: string,
  request = asRequest(),
): Promise<Claimed> {
  return unpackClaim(await link.run('data', scripts.claim, [packClaim(call, request, client)]), call)
}

/** Apply settlements, all of which are good, and claim. */
export async function settle(
  space: Space,
  settlements: readonly Settlement[],
  request: ClaimRequest,
): Promise<ClaimReply> {
  const call = space.call(1)
  const packed = packSettle(call, settlements, request, 'client')
  const { reply } = unpackSettle(await space.link.run('data', space.scripts.settle, [packed]), call, settlements.length)
  expect(reply.answers).toEqual(settlements.map(() => 'ok'))
  return reply.claim ?? NOTHING_CLAIMED
}

/** Settle what is held and all that can be claimed then. Answers the arguments by the ids of jobs. */
export async function workOff(space: Space, result: string, begun?: ClaimReply): Promise<Record<string, unknown>> {
  const request = asRequest({ slots: 3, ahead: 4 })
  const ran: Record<string, unknown> = {}
  let held = begun ?? (await claim(space, space.call(1), 'client', request)).reply
  while (held.jobs.length > 0) {
    for (const { id } of held.jobs) ran[id] = argumentsOf(held, id)
    held = await settle(
      space,
      held.jobs.map((each) => success(each, result)),
      request,
    )
  }
  return ran
}

/** All that can be seen of a namespace, but for times and tokens, which are times too. */
export async function seen({ queue }: Space, ids: readonly string[]): Promise<unknown> {
  const all = [await queue.read(['first', 'second', ...ids]), [...(await queue.counts())], await queue.renew('session')]
  return timeless(all)
}

/** What comes of the same in two namespaces, and what can be seen of jobs then: one whose calls go either way, and one whose calls all go the long one. */
export async function bothWays(
  ids: readonly string[],
  live: (space: Space) => Promise<unknown[]>,
): Promise<{ either: unknown; long: unknown }> {
  const [one, other] = [await warmSpace(either), await warmSpace(longOnly)]
  const told = [await live(one), await seen(one, ids)]
  const wanted = [await live(other), await seen(other, ids)]
  return { either: timeless(told), long: timeless(wanted) }
}

/** Form and size of the records of jobs, in the order of their ids. */
export async function records({ link }: Space): Promise<readonly (readonly [form: number, size: number])[]> {
  const script: Script = {
    name: 'records',
    source: `local found = {}
      local ids = redis.call('HKEYS', KEYS[1])
      table.sort(ids)
      for _, id in ipairs(ids) do
        local raw = redis.call('HGET', KEYS[1], id)
        if string.find(id, '^[ui]') then found[#found + 1] = { string.byte(raw), #raw } end
      end
      return found`,
  }
  return (await link.run('data', script, [])) as [number, number][]
}

/** Without times, and tokens, which are times too. */
function timeless(told: unknown): unknown {
  return JSON.parse(JSON.stringify(told, (_, value) => (typeof value === 'number' && value > 1e12 ? 'a time' : value)))
}
