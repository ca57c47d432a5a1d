import {
  type AppendAnswer,
  type AppendEntry,
  type Call,
  type ClaimReply,
  type ClaimRequest,
  Closed,
  type Command,
  type ControlAnswer,
  type EnqueueAnswer,
  type HeldJob,
  type JobRecord,
  type JournalPage,
  type NewJob,
  NOTHING_CLAIMED,
  type QueueCounts,
  type RenewReply,
  type ResumeReply,
  type SessionListener,
  type SessionSighting,
  type SessionSpec,
  type Settlement,
  type SettleReply,
  type Subscription,
  type SweepReply,
  TaskQueue,
  type ValueChunk,
  type ValueRef,
} from '@taskspace/core/backend'
import { ioredisTarget } from './connection/ioredis-target.ts'
import type { Channel, RedisLink, Script } from './connection/redis-link.ts'
import type { RedisConnectionOptions } from './connection/redis-options.ts'
import { ServerLink } from './connection/server-link.ts'
import { EmptyLook } from './empty-look.ts'
import { RedisKeys } from './keys.ts'
import { answerOf } from './operations/answer.ts'
import { type Claimed, packClaim, unpackClaim } from './operations/claim.ts'
import { packControl, unpackControl } from './operations/control.ts'
import { packEnqueue, unpackEnqueue } from './operations/enqueue.ts'
import * as reading from './operations/reading.ts'
import * as session from './operations/session.ts'
import { packAppend, packSettle, unpackAppend, unpackSettle } from './operations/settle.ts'
import { packNothing, packNow, unpackNow, unpackSweep } from './operations/time.ts'
import { SCRIPTS } from './scripts.ts'
import { Subscriptions } from './subscriptions.ts'
import { Wakes } from './wakes.ts'

const NOTHING_FOUND: Claimed = { reply: NOTHING_CLAIMED, isCut: false }

/** Where a Redis queue is, how to get there, and what it is called. */
export interface RedisTaskQueueOptions extends RedisConnectionOptions {
  /** Default `taskspace`. */
  readonly namespace?: string
}

/**
 * A backend on Redis, Valkey or a Redis Cluster. Each operation is one script, so that it happens at once or not at all;
 * what a store keeps of it when a server dies is a matter of the server's settings.
 */
export class RedisTaskQueue extends TaskQueue {
  override readonly pipelines = true
  readonly url: string
  readonly namespace: string
  readonly #link: RedisLink
  readonly #wakes: Wakes
  readonly #subscriptions: Subscriptions
  readonly #emptyLook = new EmptyLook()
  #isClosed = false

  constructor({ namespace = 'taskspace', ...connection }: RedisTaskQueueOptions = {}) {
    super()
    const target = ioredisTarget(connection)
    const keys = new RedisKeys(namespace)
    this.url = target.url
    this.namespace = namespace
    this.#link = new ServerLink({ target, rootKey: keys.root })
    this.#wakes = new Wakes(this.#link, keys)
    this.#subscriptions = new Subscriptions(this.#link, keys)
  }

  open(): Promise<void> {
    return this.#link.open()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#subscriptions.stop()
    this.#wakes.wake()
    await this.#link.close()
  }

  async begin(spec: SessionSpec): Promise<void> {
    const request = session.packBegin(spec)
    // One of this id may have left with many jobs: each call gives some back.
    let hasBegun = false
    while (!hasBegun) hasBegun = session.unpackBegin(await this.#run('control', SCRIPTS.begin, request))
  }

  async end(id: string): Promise<void> {
    answerOf(await this.#run('control', SCRIPTS.endSession, session.packSession(id)))
  }

  async renew(id: string): Promise<RenewReply> {
    return session.unpackRenew(await this.#run('control', SCRIPTS.renew, session.packSession(id)), id)
  }

  async resume(id: string, epoch: number, held: readonly HeldJob[]): Promise<ResumeReply> {
    return session.unpackResume(await this.#run('control', SCRIPTS.resume, session.packResume(id, epoch, held)), id)
  }

  async listen(id: string, listener: SessionListener): Promise<Subscription> {
    return this.#subscriptions.listen(id, listener)
  }

  async enqueue(call: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    return unpackEnqueue(await this.#run('data', SCRIPTS.enqueue, packEnqueue(call, jobs)), call, jobs.length)
  }

  async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    if (waitMs <= 0) return (await this.#tryClaim(call, packClaim(call, request, undefined))).reply
    const until = performance.now() + waitMs
    // Before it waits: whoever is woken has only to send it.
    const packed = packClaim(call, request, this.#wakes.client)
    let looked = this.#emptyLook.take(call, request)
    for (;;) {
      const seen = looked ?? this.#wakes.count
      const { reply, isCut } = looked === undefined ? await this.#tryWaiting(call, packed) : NOTHING_FOUND
      looked = undefined
      const leftMs = until - performance.now()
      if (reply.jobs.length > 0 || leftMs <= 0 || signal?.aborted || this.#isClosed) return reply
      const isWoken = isCut || (await this.#wakes.wait(seen, leftMs, signal))
      // Nothing came for as long as it was to wait: whoever wants more claims again, and looks then.
      if (signal?.aborted || this.#isClosed || (!isWoken && performance.now() >= until)) return NOTHING_CLAIMED
    }
  }

  async settle(call: Call, settlements: readonly Settlement[], request?: ClaimRequest): Promise<SettleReply> {
    const looking = this.#emptyLook.begin(this.#wakes.count)
    const client = request !== undefined && this.#wakes.isHearing ? this.#wakes.client : undefined
    const answer = await this.#run('data', SCRIPTS.settle, packSettle(call, settlements, request, client))
    const { reply, isCut } = unpackSettle(answer, call, settlements.length)
    const isEmpty = reply.claim?.jobs.length === 0 && !isCut
    if (request !== undefined && client !== undefined && isEmpty) this.#emptyLook.nothing(looking, call, request)
    return reply
  }

  async sightings(owner: string): Promise<readonly SessionSighting[]> {
    return session.unpackSightings(await this.#run('control', SCRIPTS.sightings, session.packSightings(owner)))
  }

  async append(call: Call, entries: readonly AppendEntry[]): Promise<readonly AppendAnswer[]> {
    return unpackAppend(await this.#run('data', SCRIPTS.append, packAppend(call, entries)), call, entries.length)
  }

  async control(call: Call, commands: readonly Command[]): Promise<readonly ControlAnswer[]> {
    return unpackControl(await this.#run('control', SCRIPTS.control, packControl(call, commands)), call)
  }

  async read(ids: readonly string[]): Promise<readonly (JobRecord | undefined)[]> {
    return reading.unpackRead(await this.#run('data', SCRIPTS.read, reading.packRead(ids)))
  }

  async readValue(ref: ValueRef, offset: number, length: number): Promise<ValueChunk | undefined> {
    const request = reading.packReadValue(ref, offset, length)
    return reading.unpackReadValue(await this.#run('data', SCRIPTS.readValue, request))
  }

  async journal(id: string, after: number, limit: number): Promise<JournalPage | undefined> {
    return reading.unpackJournal(await this.#run('data', SCRIPTS.journal, reading.packJournal(id, after, limit)))
  }

  async counts(queue?: string): Promise<ReadonlyMap<string, QueueCounts>> {
    return reading.unpackCounts(await this.#run('control', SCRIPTS.counts, reading.packCounts(queue)))
  }

  async sweep(): Promise<SweepReply> {
    return unpackSweep(await this.#run('control', SCRIPTS.sweep, packNothing()))
  }

  async now(): Promise<number> {
    return unpackNow(await this.#run('control', SCRIPTS.now, packNow(0)))
  }

  async shiftClock(ms: number): Promise<void> {
    unpackNow(await this.#run('control', SCRIPTS.now, packNow(ms)))
  }

  #run(channel: Channel, script: Script, request: Buffer): Promise<unknown> {
    return this.#link.run(channel, script, [request])
  }

  async #tryClaim(call: Call, packed: Buffer): Promise<Claimed> {
    return unpackClaim(await this.#run('data', SCRIPTS.claim, packed), call)
  }

  /** A claim that waits answers with nothing when the queue is closed. */
  async #tryWaiting(call: Call, packed: Buffer): Promise<Claimed> {
    try {
      if (!this.#wakes.isHearing) await this.#wakes.listen()
      return await this.#tryClaim(call, packed)
    } catch (error) {
      if (error instanceof Closed && this.#isClosed) return NOTHING_FOUND
      throw error
    }
  }
}
