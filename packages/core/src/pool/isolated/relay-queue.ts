import type { Call } from '../../backend/call.ts'
import type { ClaimReply, ClaimRequest, ValueRef } from '../../backend/claim.ts'
import type { Command, ControlAnswer } from '../../backend/command.ts'
import type { JobRecord, QueueCounts } from '../../backend/job-record.ts'
import type { JournalPage } from '../../backend/journal.ts'
import type { EnqueueAnswer, NewJob } from '../../backend/new-job.ts'
import type {
  HeldJob,
  RenewReply,
  ResumeReply,
  SessionListener,
  SessionSighting,
  SessionSpec,
  Subscription,
} from '../../backend/session.ts'
import type { AppendAnswer, AppendEntry, Settlement, SettleReply } from '../../backend/settlement.ts'
import { type SweepReply, TaskQueue, type ValueChunk } from '../../backend/task-queue.ts'
import type { HeardMessage, QueueMethod } from './messages.ts'
import { RelayTransactions } from './relay-transactions.ts'
import type { ToHost } from './to-host.ts'

/**
 * The queue of the host, for the code that runs in a worker: every operation is the host's, so that jobs in another
 * process make calls even on a queue that lives in the memory of this one.
 */
export class RelayQueue extends TaskQueue {
  readonly url: string
  readonly namespace: string
  override readonly transactions: RelayTransactions | undefined
  readonly #host: ToHost
  readonly #listeners = new Map<number, SessionListener>()
  #lastSubscription = 0

  constructor(
    host: ToHost,
    home: { readonly url: string; readonly namespace: string; readonly transactions: boolean },
  ) {
    super()
    this.#host = host
    this.url = home.url
    this.namespace = home.namespace
    this.transactions = home.transactions ? new RelayTransactions(host) : undefined
  }

  open(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    this.#listeners.clear()
    return Promise.resolve()
  }

  begin(session: SessionSpec): Promise<void> {
    return this.#ask('begin', [session])
  }

  end(session: string): Promise<void> {
    return this.#ask('end', [session])
  }

  renew(session: string): Promise<RenewReply> {
    return this.#ask('renew', [session])
  }

  resume(session: string, epoch: number, held: readonly HeldJob[]): Promise<ResumeReply> {
    return this.#ask('resume', [session, epoch, held])
  }

  async listen(session: string, listener: SessionListener): Promise<Subscription> {
    this.#lastSubscription += 1
    const subscription = this.#lastSubscription
    const host = this.#host
    this.#listeners.set(subscription, listener)
    try {
      await host.ask({ kind: 'listen', session, subscription })
    } catch (error) {
      this.#listeners.delete(subscription)
      throw error
    }
    return {
      watch: async (ids) => {
        await host.ask({ kind: 'watch', subscription, ids })
      },
      unwatch: (ids) => host.post({ kind: 'unwatch', subscription, ids }),
      follow: async (ids) => {
        await host.ask({ kind: 'follow', subscription, ids })
      },
      unfollow: (ids) => host.post({ kind: 'unfollow', subscription, ids }),
      close: async () => {
        if (this.#listeners.delete(subscription)) await host.ask({ kind: 'unlisten', subscription })
      },
    }
  }

  /** The host has heard something. */
  heard(message: HeardMessage): void {
    const listener = this.#listeners.get(message.subscription)
    if (listener === undefined) return
    if (message.event === 'outcomes') listener.outcomes(...message.args)
    else if (message.event === 'due') listener.due(...message.args)
    else if (message.event === 'news') listener.news(...message.args)
    else listener[message.event]()
  }

  enqueue(call: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    return this.#ask('enqueue', [call, jobs])
  }

  claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    return this.#ask('claim', [call, request, waitMs], signal)
  }

  settle(call: Call, settlements: readonly Settlement[], claim?: ClaimRequest): Promise<SettleReply> {
    return this.#ask('settle', claim === undefined ? [call, settlements] : [call, settlements, claim])
  }

  sightings(owner: string): Promise<readonly SessionSighting[]> {
    return this.#ask('sightings', [owner])
  }

  append(call: Call, entries: readonly AppendEntry[]): Promise<readonly AppendAnswer[]> {
    return this.#ask('append', [call, entries])
  }

  control(call: Call, commands: readonly Command[]): Promise<readonly ControlAnswer[]> {
    return this.#ask('control', [call, commands])
  }

  read(ids: readonly string[]): Promise<readonly (JobRecord | undefined)[]> {
    return this.#ask('read', [ids])
  }

  readValue(ref: ValueRef, offset: number, length: number): Promise<ValueChunk | undefined> {
    return this.#ask('readValue', [ref, offset, length])
  }

  journal(id: string, after: number, limit: number): Promise<JournalPage | undefined> {
    return this.#ask('journal', [id, after, limit])
  }

  counts(queue?: string): Promise<ReadonlyMap<string, QueueCounts>> {
    return this.#ask('counts', queue === undefined ? [] : [queue])
  }

  sweep(): Promise<SweepReply> {
    return this.#ask('sweep', [])
  }

  now(): Promise<number> {
    return this.#ask('now', [])
  }

  shiftClock(ms: number): Promise<void> {
    return this.#ask('shiftClock', [ms])
  }

  // The host calls the very method, so what it answers is what the method gives.
  #ask<T>(method: QueueMethod, args: readonly unknown[], signal?: AbortSignal): Promise<T> {
    return this.#host.ask({ kind: 'queue', method, args }, signal) as Promise<T>
  }
}
