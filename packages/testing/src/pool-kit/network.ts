import {
  type AppendAnswer,
  type AppendEntry,
  BackendUnavailable,
  type Call,
  type ClaimReply,
  type ClaimRequest,
  type EnqueueAnswer,
  type HeldJob,
  type JournalPage,
  type NewJob,
  type RenewReply,
  type ResumeReply,
  type SessionSighting,
  type SessionSpec,
  type Settlement,
  type SettleReply,
  type SweepReply,
  type ValueChunk,
  type ValueRef,
} from '@taskspace/core/backend'
import { FaultyQueue } from '../kit/faults/faulty-queue.ts'

/** A backend behind a network that loses messages, or is down altogether, when told to. */
export class Network extends FaultyQueue {
  #down = false
  readonly #waiting = new Set<AbortController>()
  readonly #renewals = new Set<Promise<RenewReply>>()

  /** Nothing gets through from now on; claims that wait break off. */
  goDown(): void {
    this.#down = true
    for (const claim of this.#waiting) claim.abort()
  }

  /** Everything gets through again. */
  comeUp(): void {
    this.#down = false
  }

  override begin(session: SessionSpec): Promise<void> {
    return this.#reach(() => super.begin(session))
  }

  override end(session: string): Promise<void> {
    return this.#reach(() => super.end(session))
  }

  override renew(session: string): Promise<RenewReply> {
    const renewal = this.#reach(() => super.renew(session))
    const over = (): void => void this.#renewals.delete(renewal)
    this.#renewals.add(renewal)
    renewal.then(over, over)
    return renewal
  }

  /** Resolves when the renewals that are on their way have been answered, well or not. */
  async renewed(): Promise<void> {
    await Promise.allSettled(this.#renewals)
  }

  override resume(session: string, epoch: number, held: readonly HeldJob[]): Promise<ResumeReply> {
    return this.#reach(() => super.resume(session, epoch, held))
  }

  override enqueue(call: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    return this.#reach(() => super.enqueue(call, jobs))
  }

  override async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    const broken = new AbortController()
    const either = signal === undefined ? broken.signal : AbortSignal.any([signal, broken.signal])
    this.#waiting.add(broken)
    try {
      const reply = await this.#reach(() => super.claim(call, request, waitMs, either))
      if (broken.signal.aborted) throw away('unknown')
      return reply
    } finally {
      this.#waiting.delete(broken)
    }
  }

  override settle(call: Call, settlements: readonly Settlement[], claim?: ClaimRequest): Promise<SettleReply> {
    return this.#reach(() => super.settle(call, settlements, claim))
  }

  override append(call: Call, entries: readonly AppendEntry[]): Promise<readonly AppendAnswer[]> {
    return this.#reach(() => super.append(call, entries))
  }

  override sightings(owner: string): Promise<readonly SessionSighting[]> {
    return this.#reach(() => super.sightings(owner))
  }

  override journal(id: string, after: number, limit: number): Promise<JournalPage | undefined> {
    return this.#reach(() => super.journal(id, after, limit))
  }

  override readValue(ref: ValueRef, offset: number, length: number): Promise<ValueChunk | undefined> {
    return this.#reach(() => super.readValue(ref, offset, length))
  }

  override sweep(): Promise<SweepReply> {
    return this.#reach(() => super.sweep())
  }

  #reach<T>(deliver: () => Promise<T>): Promise<T> {
    return this.#down ? Promise.reject(away('rejected')) : deliver()
  }
}

function away(outcome: 'rejected' | 'unknown'): BackendUnavailable {
  return new BackendUnavailable('the network is down', outcome)
}
