import {
  type AppendAnswer,
  type AppendEntry,
  type Call,
  type ClaimReply,
  type ClaimRequest,
  type Command,
  type ControlAnswer,
  type EnqueueAnswer,
  type HeldJob,
  type JobRecord,
  type JournalPage,
  type NewJob,
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

/** A task queue that hands every call on to another one; extend it to change what some of them do. */
export class ForwardingQueue extends TaskQueue {
  override readonly contractVersion: number
  override readonly pipelines: boolean
  override readonly url: string
  override readonly namespace: string
  protected readonly inner: TaskQueue

  constructor(inner: TaskQueue) {
    super()
    this.inner = inner
    this.contractVersion = inner.contractVersion
    this.pipelines = inner.pipelines
    this.url = inner.url
    this.namespace = inner.namespace
  }

  override open(): Promise<void> {
    return this.inner.open()
  }

  override close(): Promise<void> {
    return this.inner.close()
  }

  override begin(session: SessionSpec): Promise<void> {
    return this.inner.begin(session)
  }

  override end(session: string): Promise<void> {
    return this.inner.end(session)
  }

  override renew(session: string): Promise<RenewReply> {
    return this.inner.renew(session)
  }

  override resume(session: string, epoch: number, held: readonly HeldJob[]): Promise<ResumeReply> {
    return this.inner.resume(session, epoch, held)
  }

  override listen(session: string, listener: SessionListener): Promise<Subscription> {
    return this.inner.listen(session, listener)
  }

  override enqueue(call: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    return this.inner.enqueue(call, jobs)
  }

  override claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    return this.inner.claim(call, request, waitMs, signal)
  }

  override settle(call: Call, settlements: readonly Settlement[], claim?: ClaimRequest): Promise<SettleReply> {
    return this.inner.settle(call, settlements, claim)
  }

  override append(call: Call, entries: readonly AppendEntry[]): Promise<readonly AppendAnswer[]> {
    return this.inner.append(call, entries)
  }

  override control(call: Call, commands: readonly Command[]): Promise<readonly ControlAnswer[]> {
    return this.inner.control(call, commands)
  }

  override sightings(owner: string): Promise<readonly SessionSighting[]> {
    return this.inner.sightings(owner)
  }

  override journal(id: string, after: number, limit: number): Promise<JournalPage | undefined> {
    return this.inner.journal(id, after, limit)
  }

  override read(ids: readonly string[]): Promise<readonly (JobRecord | undefined)[]> {
    return this.inner.read(ids)
  }

  override readValue(ref: ValueRef, offset: number, length: number): Promise<ValueChunk | undefined> {
    return this.inner.readValue(ref, offset, length)
  }

  override counts(queue?: string): Promise<ReadonlyMap<string, QueueCounts>> {
    return this.inner.counts(queue)
  }

  override sweep(): Promise<SweepReply> {
    return this.inner.sweep()
  }

  override now(): Promise<number> {
    return this.inner.now()
  }

  override shiftClock(ms: number): Promise<void> {
    return this.inner.shiftClock(ms)
  }
}
