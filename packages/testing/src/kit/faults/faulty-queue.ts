import {
  type AppendAnswer,
  type AppendEntry,
  BackendUnavailable,
  type Call,
  type ClaimReply,
  type ClaimRequest,
  type Command,
  type ControlAnswer,
  type EnqueueAnswer,
  type HeldJob,
  type NewJob,
  type RenewReply,
  type ResumeReply,
  type SessionSpec,
  type Settlement,
  type SettleReply,
} from '@taskspace/core/backend'
import { ForwardingQueue } from './forwarding-queue.ts'

/** Operations that change something, and so must survive the loss of a message. */
export type FaultyOperation =
  | 'begin'
  | 'end'
  | 'renew'
  | 'resume'
  | 'enqueue'
  | 'claim'
  | 'settle'
  | 'append'
  | 'control'

/** Where a message is lost: on the way there (nothing is applied) or on the way back (all of it is). */
export type Loss = 'request' | 'reply'

/** A call that was made, and can arrive once more. */
export interface SentCall {
  readonly operation: FaultyOperation
  /** Deliver another copy of it, as a network may do late. */
  deliverCopy(): Promise<unknown>
}

/**
 * A task queue behind a bad network: loses requests and replies when told to, and can deliver a call again.
 *
 * A lost message shows as `BackendUnavailable` with outcome `unknown`, whichever way it was lost: the caller cannot tell.
 */
export class FaultyQueue extends ForwardingQueue {
  /** Every mutating call in the order made, lost ones too. */
  readonly sent: SentCall[] = []
  readonly #losses = new Map<FaultyOperation, Loss[]>()

  /** Lose a message of the next call of this operation; several add up, one a call. */
  lose(loss: Loss, operation: FaultyOperation): void {
    const losses = this.#losses.get(operation) ?? []
    this.#losses.set(operation, [...losses, loss])
  }

  /** The last call of an operation that was made. */
  lastSent(operation: FaultyOperation): SentCall {
    const found = this.sent.findLast((sent) => sent.operation === operation)
    if (!found) throw new Error(`no ${operation} was sent`)
    return found
  }

  override begin(session: SessionSpec): Promise<void> {
    return this.#send('begin', () => super.begin(session))
  }

  override end(session: string): Promise<void> {
    return this.#send('end', () => super.end(session))
  }

  override renew(session: string): Promise<RenewReply> {
    return this.#send('renew', () => super.renew(session))
  }

  override resume(session: string, epoch: number, held: readonly HeldJob[]): Promise<ResumeReply> {
    return this.#send('resume', () => super.resume(session, epoch, held))
  }

  override enqueue(call: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    return this.#send('enqueue', () => super.enqueue(call, jobs))
  }

  override claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    return this.#send('claim', () => super.claim(call, request, waitMs, signal))
  }

  override settle(call: Call, settlements: readonly Settlement[], claim?: ClaimRequest): Promise<SettleReply> {
    return this.#send('settle', () => super.settle(call, settlements, claim))
  }

  override append(call: Call, entries: readonly AppendEntry[]): Promise<readonly AppendAnswer[]> {
    return this.#send('append', () => super.append(call, entries))
  }

  override control(call: Call, commands: readonly Command[]): Promise<readonly ControlAnswer[]> {
    return this.#send('control', () => super.control(call, commands))
  }

  async #send<T>(operation: FaultyOperation, deliver: () => Promise<T>): Promise<T> {
    this.sent.push({ operation, deliverCopy: deliver })
    const loss = this.#losses.get(operation)?.shift()
    if (loss === 'request') throw lost(operation, loss)
    const answer = await deliver()
    if (loss === 'reply') throw lost(operation, loss)
    return answer
  }
}

function lost(operation: FaultyOperation, loss: Loss): BackendUnavailable {
  return new BackendUnavailable(`the ${loss} of a call of ${operation} was lost`, 'unknown')
}
