import type {
  Call,
  ClaimedJob,
  ClaimedValue,
  ClaimReply,
  Command,
  ControlAnswer,
  EnqueueAnswer,
  HeldJob,
  NewJob,
  SettleAnswer,
  Settlement,
} from '@taskspace/core/backend'
import { argumentsOf } from '../session/claimed.ts'
import { asRequest, type KitSession, LANE } from '../session/kit-session.ts'
import { crash, failure, forward, giveBack, news, retry, success, unknownTask } from '../session/sample-settlement.ts'
import { toCommand, toJob } from './sketch.ts'
import type { SettleKind, Step } from './step.ts'
import type { Client, World } from './world.ts'

/** A step of a client. */
export type ClientStep = Exclude<Step, { op: 'pass' | 'outage' }>

/** What a repeated call was answered, and what it had been answered before. */
export interface Repeated {
  readonly first: unknown
  readonly again: unknown
}

/** Have a client do a step, and give its answer in a form that two backends have in common. */
export async function perform(world: World, client: Client, step: ClientStep): Promise<unknown> {
  const { session } = client
  if (step.op === 'claim') return claim(client, step)
  if (step.op === 'settle') return settle(world, client, step)
  if (step.op === 'resume') return resume(client, step.keep)
  if (step.op === 'repeat') return client.repeat?.()
  if (step.op === 'renew') return sorted(await session.renew())
  if (step.op === 'end') return session.end().then(() => world.restart(client))
  if (step.op === 'enqueue') return enqueue(world, client, step)
  if (step.op === 'append') {
    const lines = Array.from({ length: step.lines }, () => world.newValue())
    const entry = news(picked(client, step.pick), { progress: step.progress, lines, skipped: step.lines })
    world.written.add(entry.id)
    return repeatable(client, LANE.control, (call) => session.queue.append(call, [entry]), session.append(entry))
  }
  return control(world, client, step)
}

/** What an enqueue was answered, item by item. */
export interface Enqueued {
  readonly jobs: readonly NewJob[]
  readonly answers: readonly EnqueueAnswer[]
}

/** What orders were answered, one by one. */
export interface Obeyed {
  readonly commands: readonly Command[]
  readonly answers: readonly ControlAnswer[]
}

/** What a settle was answered, item by item, and what it claimed. */
export interface Settled {
  readonly settlements: readonly Settlement[]
  readonly answers: readonly SettleAnswer[]
  readonly claimed: readonly HandedOut[]
}

/** A claimed job with its argument values in their place, since the order of the table is free. */
export interface HandedOut extends Omit<ClaimedJob, 'args'> {
  readonly args: readonly ClaimedValue[]
}

async function enqueue(world: World, client: Client, step: ClientStep & { op: 'enqueue' }): Promise<Enqueued> {
  const { session } = client
  const jobs = step.jobs.map((sketch, at) => toJob(world, client, sketch, at))
  const send: Send<readonly EnqueueAnswer[]> = (call) => session.queue.enqueue(call, jobs)
  const answers = await repeatable(client, LANE.enqueue, send, session.enqueue(...jobs))
  for (const [at, job] of jobs.entries()) if (answers[at] === 'ok') world.ids.add(job.id)
  return { jobs, answers }
}

async function control(world: World, client: Client, step: ClientStep & { op: 'control' }): Promise<Obeyed> {
  const { session } = client
  const commands = step.commands.map((sketch) => toCommand(world, sketch))
  const send: Send<readonly ControlAnswer[]> = (call) => session.queue.control(call, commands)
  return { commands, answers: await repeatable(client, LANE.control, send, session.control(...commands)) }
}

type Send<T> = (call: Call) => Promise<T>

/** Wait for the answer of a call that is under way, and remember how to make it again. */
async function repeatable<T>(client: Client, lane: number, send: Send<T>, answered: Promise<T>): Promise<T> {
  const first = await answered
  const call = client.session.last(lane)
  client.repeat = async () => ({ first, again: await send(call) }) satisfies Repeated
  return first
}

async function claim(client: Client, step: ClientStep & { op: 'claim' }): Promise<readonly HandedOut[]> {
  const { session } = client
  const request = { slots: step.slots, ahead: step.ahead, queues: step.queues.map((queue) => `q${queue}`) }
  const first = await session.claim(request)
  if (first.jobs.length === 0) return []
  const call = session.last(LANE.work)
  client.repeat = async () => {
    const again = await session.queue.claim(call, asRequest(request), 0)
    return { first: handedOut(first), again: handedOut(again) } satisfies Repeated
  }
  remember(client, first)
  return handedOut(first)
}

async function settle(world: World, client: Client, step: ClientStep & { op: 'settle' }): Promise<Settled> {
  const { session } = client
  const made = step.settlements.map(({ pick, kind, to }) => settlementOf(world, picked(client, pick), kind, to))
  // What a second settlement of one job in one call is answered is not promised.
  const settlements = made.filter((each, at) => made.findIndex((other) => other.id === each.id) === at)
  const request = step.slots > 0 ? asRequest({ slots: step.slots, queues: ['q0', 'q1'] }) : undefined
  const first = await replyOf(session, settlements, request)
  const call = session.last(LANE.work)
  client.repeat = async () => {
    const again = await session.queue.settle(call, settlements, request)
    return { first: inCommon(first), again: inCommon(again) } satisfies Repeated
  }
  const settled = new Set(settlements.map((each) => each.id))
  client.handed.sort((left, right) => Number(settled.has(left.id)) - Number(settled.has(right.id)))
  if (first.claim) remember(client, first.claim)
  return { settlements, ...inCommon(first) }
}

type Reply = Awaited<ReturnType<KitSession['settleAndClaim']>>

async function replyOf(
  session: KitSession,
  settlements: readonly Settlement[],
  request: ReturnType<typeof asRequest> | undefined,
): Promise<Reply> {
  if (request) return session.settleAndClaim(settlements, request)
  return { answers: await session.settle(...settlements) }
}

function inCommon(reply: Reply): Omit<Settled, 'settlements'> {
  return { answers: reply.answers, claimed: reply.claim ? handedOut(reply.claim) : [] }
}

async function resume(client: Client, keep: readonly boolean[]): Promise<unknown> {
  const named = client.handed.slice(0, 6).filter((_, at) => keep[at] ?? true)
  const { applied, lost } = await client.session.resume(...named)
  return { applied, lost: sortedIds(lost) }
}

function settlementOf(world: World, held: HeldJob, kind: SettleKind, to: number): Settlement {
  if (kind === 'success') return success(held, world.newValue())
  if (kind === 'later') return retry(held, 14_000)
  if (kind === 'forward') return forward(held, world.idOf(to))
  const make = { failure, retry, return: giveBack, crash, 'unknown-task': unknownTask }[kind]
  return make(held)
}

/** One of the newest claims of a client; one that nobody has if it has none. */
function picked(client: Client, pick: number): HeldJob {
  const newest = client.handed.slice(0, 6)
  return newest[pick % Math.max(1, newest.length)] ?? { id: 'j0', token: 1 }
}

function remember(client: Client, reply: ClaimReply): void {
  client.handed.unshift(...reply.jobs.map(({ id, token }) => ({ id, token })))
}

function handedOut(reply: ClaimReply): HandedOut[] {
  return reply.jobs.map((each) => ({ ...each, args: argumentsOf(reply, each.id) }))
}

function sorted(reply: Awaited<ReturnType<KitSession['renew']>>): unknown {
  return { held: reply.held, lost: sortedIds(reply.lost), canceled: sortedIds(reply.canceled) }
}

function sortedIds(held: readonly HeldJob[]): string[] {
  return held.map((each) => each.id).sort()
}
