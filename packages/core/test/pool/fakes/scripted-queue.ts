import type {
  AppendAnswer,
  AppendEntry,
  Call,
  ClaimedJob,
  ClaimReply,
  ClaimRequest,
  ControlAnswer,
  EnqueueAnswer,
  JobRecord,
  JournalPage,
  QueueCounts,
  RenewReply,
  ResumeReply,
  SessionListener,
  SessionSighting,
  SessionSpec,
  Settlement,
  SettleReply,
  Subscription,
  SweepReply,
  ValueChunk,
  ValueRef,
} from '../../../src/backend.ts'
import { TaskQueue } from '../../../src/backend.ts'
import { RecordedRun, type RunParts } from './recorded-run.ts'

/** A backend for one pool: hands out jobs that the test gives it, and keeps what it is told. */
export class ScriptedQueue extends TaskQueue {
  readonly url = 'scripted:'
  readonly namespace = 'test'
  readonly sessions: SessionSpec[] = []
  readonly claims: ClaimRequest[] = []
  readonly settles: { readonly settlements: readonly Settlement[]; readonly claim: ClaimRequest | undefined }[] = []
  readonly appends: (readonly AppendEntry[])[] = []
  readonly ended: string[] = []
  /** Done before a settle is answered; what it throws is the answer. */
  beforeSettle: () => Promise<void> = () => Promise.resolve()
  beforeAppend: () => Promise<void> = () => Promise.resolve()
  /** What is told of jobs at the next renewal. */
  told: Omit<RenewReply, 'held'> = { canceled: [], lost: [] }
  readonly #ready: ClaimedJob[] = []
  readonly #held = new Map<string, ClaimedJob>()
  #wake: (() => void) | undefined

  /** Jobs that were claimed and not settled. */
  get held(): readonly string[] {
    return [...this.#held.keys()]
  }

  /** Have jobs claimed. */
  put(...jobs: readonly RunParts[]): void {
    this.#ready.push(...jobs.map((parts) => new RecordedRun(parts).job))
    this.#wake?.()
  }

  async open(): Promise<void> {}
  async close(): Promise<void> {}

  async begin(session: SessionSpec): Promise<void> {
    this.sessions.push(session)
  }

  async end(session: string): Promise<void> {
    this.ended.push(session)
  }

  async renew(): Promise<RenewReply> {
    return { held: this.#held.size, ...this.told }
  }

  async resume(): Promise<ResumeReply> {
    return { lost: [], applied: {} }
  }

  async listen(_session: string, _listener: SessionListener): Promise<Subscription> {
    return {
      watch: async () => {},
      unwatch: () => {},
      follow: async () => {},
      unfollow: () => {},
      close: async () => {},
    }
  }

  async enqueue(): Promise<readonly EnqueueAnswer[]> {
    return []
  }

  async claim(_call: Call, request: ClaimRequest, _waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    this.claims.push(request)
    while (this.#ready.length === 0 && signal?.aborted !== true) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        signal?.addEventListener('abort', () => resolve(), { once: true })
      })
    }
    return this.#handOut(request)
  }

  async settle(_call: Call, settlements: readonly Settlement[], claim?: ClaimRequest): Promise<SettleReply> {
    this.settles.push({ settlements, claim })
    await this.beforeSettle()
    for (const { id } of settlements) this.#held.delete(id)
    const answers = settlements.map(() => 'ok' as const)
    return claim === undefined ? { answers } : { answers, claim: this.#handOut(claim) }
  }

  async append(_call: Call, entries: readonly AppendEntry[]): Promise<readonly AppendAnswer[]> {
    this.appends.push(entries)
    await this.beforeAppend()
    return entries.map(() => 'ok')
  }

  async control(): Promise<readonly ControlAnswer[]> {
    return []
  }

  async read(): Promise<readonly (JobRecord | undefined)[]> {
    return []
  }

  async sightings(): Promise<readonly SessionSighting[]> {
    return []
  }

  async journal(): Promise<JournalPage | undefined> {
    return undefined
  }

  async readValue(_ref: ValueRef, _offset: number, _length: number): Promise<ValueChunk | undefined> {
    return undefined
  }

  async counts(): Promise<ReadonlyMap<string, QueueCounts>> {
    return new Map()
  }

  async sweep(): Promise<SweepReply> {
    return { more: false }
  }

  async now(): Promise<number> {
    return 0
  }

  async shiftClock(): Promise<void> {}

  #handOut({ slots, ahead }: ClaimRequest): ClaimReply {
    const jobs = this.#ready.splice(0, slots + ahead).map((job, index) => ({ ...job, ahead: index >= slots }))
    for (const job of jobs) this.#held.set(job.id, job)
    return { jobs, values: [] }
  }
}
