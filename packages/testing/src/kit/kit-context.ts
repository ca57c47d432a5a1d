import type { JobRecord, JobState, SessionSpec, TaskQueue } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { advance, sweepAll } from './advance.ts'
import { present } from './session/claimed.ts'
import { Hearing } from './session/hearing.ts'
import { KitSession } from './session/kit-session.ts'
import { Patience } from './session/patience.ts'
import type { TaskQueueTarget } from './task-queue-target.ts'

/** Lease of the sessions that a context opens, in ms: so long that the time a case takes does not matter. */
export const KIT_LEASE_MS = 20_000

/** A session to open; `queue` absent: the context's own. */
export interface SessionOptions extends Partial<SessionSpec> {
  readonly queue?: TaskQueue
}

/**
 * What a case works with: a fresh queue, sessions on it, and time. Written with nothing but the contract, so that a
 * backend's own cases can use it too: `const kit = await KitContext.open(target)`, and `await kit.close()` at the end.
 */
export class KitContext {
  readonly queue: TaskQueue
  readonly patience: Patience
  readonly #target: TaskQueueTarget
  readonly #queues: TaskQueue[]
  readonly #sessions: KitSession[] = []

  static async open(target: TaskQueueTarget): Promise<KitContext> {
    return new KitContext(target, await target.create())
  }

  private constructor(target: TaskQueueTarget, queue: TaskQueue) {
    this.queue = queue
    this.patience = new Patience(target.patienceMs)
    this.#target = target
    this.#queues = [queue]
  }

  /** Close every queue that was opened. */
  async close(): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.close()))
  }

  /** A queue in another namespace. */
  async fresh(): Promise<TaskQueue> {
    return this.#opened(await this.#target.create())
  }

  /** A second object on the same store and namespace. */
  async reopen(): Promise<TaskQueue> {
    const reopened = await this.#target.reopen?.(this.queue)
    return this.#opened(present(reopened, 'reopen of the target'))
  }

  /** Open a session that can claim. */
  async session(options: SessionOptions = {}): Promise<KitSession> {
    const { queue = this.queue, ...spec } = options
    // Without a sweep behind it, the first one might take the time before for an outage.
    await queue.sweep()
    const session = new KitSession(queue, { leaseMs: KIT_LEASE_MS, ...spec })
    this.#sessions.push(session)
    return session.begin()
  }

  /** Open a session that only enqueues, waits and gives orders. */
  async producer(queue: TaskQueue = this.queue): Promise<KitSession> {
    const session = new KitSession(queue)
    this.#sessions.push(session)
    return session.begin()
  }

  /** Subscribe a session. */
  listen(session: KitSession): Promise<Hearing> {
    return Hearing.open(session, this.patience)
  }

  /** Let time pass, in steps so small that no lease ends but for want of a renewal. */
  advance(ms: number, queue: TaskQueue = this.queue): Promise<void> {
    const leases = this.#sessions.filter((each) => !each.hasEnded).map((each) => each.spec.leaseMs ?? ms * 6)
    return advance(queue, ms, Math.min(...leases))
  }

  /** Sweep until nothing is left to do now. */
  sweepAll(queue: TaskQueue = this.queue): Promise<void> {
    return sweepAll(queue)
  }

  /** The record of a job that has to be there. */
  async record(id: string, queue: TaskQueue = this.queue): Promise<JobRecord> {
    const [record] = await queue.read([id])
    return present(record, `the record of ${id}`)
  }

  async state(id: string): Promise<JobState | undefined> {
    const [record] = await this.queue.read([id])
    return record?.state
  }

  /** States by id, of jobs that are there. */
  async states(...ids: readonly string[]): Promise<Record<string, JobState | undefined>> {
    const records = await this.queue.read(ids)
    return Object.fromEntries(ids.map((id, index) => [id, records[index]?.state]))
  }

  /** A whole stored value as text, or undefined. */
  async valueOf(id: string, series = 1): Promise<string | undefined> {
    const chunk = await this.queue.readValue({ id, series }, 0, 1024 * 1024)
    return chunk && Buffer.from(chunk.bytes).toString()
  }

  /** Check that a call is refused with an error of this code. */
  async refused(call: Promise<unknown>, code: string): Promise<void> {
    await expect(call).rejects.toMatchObject({ code })
  }

  #opened(queue: TaskQueue): TaskQueue {
    this.#queues.push(queue)
    return queue
  }
}
