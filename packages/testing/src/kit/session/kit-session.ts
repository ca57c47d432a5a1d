import { randomBytes } from 'node:crypto'
import {
  type AppendAnswer,
  type AppendEntry,
  type Call,
  CLAIM_REPLY_BYTES,
  type ClaimedJob,
  type ClaimReply,
  type ClaimRequest,
  type Command,
  type ControlAnswer,
  type EnqueueAnswer,
  type HeldJob,
  type NewJob,
  type Payload,
  type RenewReply,
  type ResumeReply,
  type SessionSpec,
  type Settlement,
  type SettleReply,
  type TaskQueue,
} from '@taskspace/core/backend'
import { expect } from 'vitest'
import { SAMPLE_QUEUE } from './sample-job.ts'
import { success } from './sample-settlement.ts'

/** The lanes that a kit session uses. A number of its own counts the calls of each. */
export const LANE = { enqueue: 0, work: 1, control: 2 } as const

/** A claim: what it asks for, and how it waits. Absent: one slot, nothing ahead, of queue `default`, no waiting. */
export interface ClaimOptions extends Partial<ClaimRequest> {
  readonly waitMs?: number
  readonly signal?: AbortSignal
  readonly lane?: number
}

/**
 * One client of a backend that numbers its calls as the contract asks. A call that throws keeps its number, so that
 * making the same call again is a resend.
 */
export class KitSession {
  readonly spec: SessionSpec
  readonly queue: TaskQueue
  #epoch = 0
  readonly #numbers = new Map<number, number>()
  #hasEnded = false

  constructor(queue: TaskQueue, spec: Partial<SessionSpec> = {}) {
    this.queue = queue
    this.spec = { id: randomBytes(12).toString('hex'), ...spec }
  }

  get id(): string {
    return this.spec.id
  }

  get epoch(): number {
    return this.#epoch
  }

  /** The number that the next call on a lane will have. */
  next(lane: number): Call {
    return { session: this.id, epoch: this.#epoch, lane, number: (this.#numbers.get(lane) ?? 0) + 1 }
  }

  /** The number of the last call on a lane that was answered. */
  last(lane: number): Call {
    return { session: this.id, epoch: this.#epoch, lane, number: this.#numbers.get(lane) ?? 0 }
  }

  async begin(): Promise<this> {
    await this.queue.begin(this.spec)
    return this
  }

  async end(): Promise<void> {
    await this.queue.end(this.id)
    this.#hasEnded = true
  }

  /** Whether it was closed by `end`. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  renew(): Promise<RenewReply> {
    return this.queue.renew(this.id)
  }

  /** Raise the epoch; nothing is held any more but what is named. */
  async resume(...held: readonly HeldJob[]): Promise<ResumeReply> {
    const reply = await this.queue.resume(this.id, this.#epoch + 1, held)
    this.#epoch += 1
    this.#numbers.clear()
    return reply
  }

  enqueue(...jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    return this.#numbered(LANE.enqueue, (call) => this.queue.enqueue(call, jobs))
  }

  /** Enqueue jobs that have to be accepted. */
  async put(...jobs: readonly NewJob[]): Promise<void> {
    const answers = await this.enqueue(...jobs)
    expect(answers).toEqual(jobs.map(() => 'ok'))
  }

  claim(options: ClaimOptions = {}): Promise<ClaimReply> {
    const { waitMs = 0, signal, lane = LANE.work, ...request } = options
    return this.#numbered(lane, (call) => this.queue.claim(call, asRequest(request), waitMs, signal))
  }

  /** Claim jobs, without the argument values. */
  async take(slots: number, options: ClaimOptions = {}): Promise<readonly ClaimedJob[]> {
    const reply = await this.claim({ slots, ...options })
    return reply.jobs
  }

  /** Claim the one job that has to be there. */
  async takeOne(options: ClaimOptions = {}): Promise<ClaimedJob> {
    const [claimed] = await this.take(1, options)
    if (!claimed) expect.fail('a claim got nothing, though there has to be a job')
    return claimed
  }

  async settle(...settlements: readonly Settlement[]): Promise<SettleReply['answers']> {
    const reply = await this.#numbered(LANE.work, (call) => this.queue.settle(call, settlements))
    return reply.answers
  }

  settleAndClaim(settlements: readonly Settlement[], request: Partial<ClaimRequest> = {}): Promise<SettleReply> {
    return this.#numbered(LANE.work, (call) => this.queue.settle(call, settlements, asRequest(request)))
  }

  /** Claim the next job, which has to be `id`, and settle it well. */
  async finish(id: string, value?: Payload, resultTtlMs?: number): Promise<ClaimedJob> {
    const claimed = await this.takeOne()
    expect(claimed.id).toBe(id)
    const answers = await this.settle(success(claimed, value, resultTtlMs))
    expect(answers).toEqual(['ok'])
    return claimed
  }

  append(...entries: readonly AppendEntry[]): Promise<readonly AppendAnswer[]> {
    return this.#numbered(LANE.control, (call) => this.queue.append(call, entries))
  }

  control(...commands: readonly Command[]): Promise<readonly ControlAnswer[]> {
    return this.#numbered(LANE.control, (call) => this.queue.control(call, commands))
  }

  async #numbered<T>(lane: number, send: (call: Call) => Promise<T>): Promise<T> {
    const call = this.next(lane)
    const answer = await send(call)
    if (call.epoch === this.#epoch) this.#numbers.set(lane, call.number)
    return answer
  }
}

/** A claim request with what is absent filled in: one slot, nothing ahead, of queue `default`. */
export function asRequest(request: Partial<ClaimRequest> = {}): ClaimRequest {
  return { slots: 1, ahead: 0, bytes: CLAIM_REPLY_BYTES, queues: [SAMPLE_QUEUE], ...request }
}
