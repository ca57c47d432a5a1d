import {
  type AppendAnswer,
  type Call,
  type ClaimReply,
  type Command,
  type ControlAnswer,
  type EnqueueAnswer,
  type JobOutcome,
  type JobRecord,
  type JournalPage,
  type NewJob,
  NOTHING_CLAIMED,
  type Payload,
  type QueueCounts,
  type RenewReply,
  type ResumeReply,
  type SessionListener,
  type SessionSighting,
  type SettleReply,
  type Subscription,
  type SweepReply,
  TaskQueue,
  type ValueChunk,
  type ValueRef,
} from '../../src/backend.ts'
import { BackendUnavailable, EarlyCall, SessionUnknown, StaleCall } from '../../src/errors/backend-errors.ts'

/** What happens to the next call of an operation. */
export type Fault = 'lose-request' | 'lose-reply'

interface Session {
  epoch: number
  readonly lanes: Map<number, { number: number; answer: unknown }>
  listener: SessionListener | undefined
  readonly watched: Set<string>
}

interface StoredJob {
  readonly job: NewJob
  readonly session: string
  outcome?: JobOutcome
}

/**
 * A store without workers: tests end its jobs by hand. Numbers its sessions' calls as the contract says, counts every
 * call, and loses requests and replies on demand.
 */
export class FakeQueue extends TaskQueue {
  override readonly pipelines: boolean
  readonly url: string
  readonly namespace = 'test'
  readonly calls: string[] = []
  readonly enqueued: (readonly NewJob[])[] = []
  readonly commands: Command[] = []
  readonly jobs = new Map<string, StoredJob>()
  readonly values = new Map<string, Payload>()
  readonly watches: (readonly string[])[] = []
  readonly unwatches: (readonly string[])[] = []
  readonly faults = new Map<string, Fault[]>()
  /** Whether outcomes are pushed; they can always be asked for. */
  pushes = true
  /** While set, every operation fails. */
  away: 'rejected' | 'unknown' | undefined
  sweepReplies: SweepReply[] = []
  time = 0
  closed = false
  sessions = new Map<string, Session>()
  /** Operations that wait for this before they are applied. */
  gates = new Map<string, Promise<void>>()
  /** Operations that are applied, and answer after this. */
  replyGates = new Map<string, Promise<void>>()

  constructor(url = 'fake://store', pipelines = false) {
    super()
    this.url = url
    this.pipelines = pipelines
  }

  count(operation: string): number {
    return this.calls.filter((call) => call === operation).length
  }

  fault(operation: string, ...faults: Fault[]): void {
    this.faults.set(operation, [...(this.faults.get(operation) ?? []), ...faults])
  }

  /** Let a job end, and tell whoever is to be told. */
  finish(outcome: JobOutcome): void {
    const { id } = outcome
    const stored = this.jobs.get(id)
    if (stored !== undefined) stored.outcome = outcome
    if (!this.pushes) return
    for (const [name, session] of this.sessions) {
      const reply = stored?.job.reply === true && stored.session === name
      if (reply || session.watched.has(id)) session.listener?.outcomes([outcome])
    }
  }

  succeed(id: string, value: Payload): void {
    this.finish({ id, state: 'success', value })
  }

  forgetSessions(): void {
    this.sessions.clear()
  }

  open(): Promise<void> {
    return this.#run('open', async () => undefined)
  }

  async close(): Promise<void> {
    this.calls.push('close')
    this.closed = true
  }

  end(id: string): Promise<void> {
    return this.#run('end', async () => void this.sessions.delete(id))
  }

  begin({ id }: { id: string }): Promise<void> {
    return this.#run('begin', async () => {
      const fresh = { epoch: 0, lanes: new Map(), listener: undefined, watched: new Set<string>() }
      if (!this.sessions.has(id)) this.sessions.set(id, fresh)
    })
  }

  renew(id: string): Promise<RenewReply> {
    return this.#run('renew', async () => {
      this.#session(id)
      return { held: 0, canceled: [], lost: [] }
    })
  }

  resume(id: string, epoch: number): Promise<ResumeReply> {
    return this.#run('resume', async () => {
      const session = this.#session(id)
      session.epoch = epoch
      session.lanes.clear()
      return { lost: [], applied: {} }
    })
  }

  listen(id: string, listener: SessionListener): Promise<Subscription> {
    return this.#run('listen', async () => {
      const session = this.#session(id)
      session.listener = listener
      return {
        watch: (ids) => this.#run('watch', async () => this.#watch(session, ids)),
        unwatch: (ids) => {
          this.unwatches.push(ids)
          for (const one of ids) session.watched.delete(one)
        },
        follow: async () => undefined,
        unfollow: () => undefined,
        close: async () => {
          if (session.listener === listener) session.listener = undefined
        },
      }
    })
  }

  enqueue(call: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    return this.#run('enqueue', async () => this.#numbered(call, () => this.#store(call.session, jobs)))
  }

  claim(): Promise<ClaimReply> {
    return Promise.resolve(NOTHING_CLAIMED)
  }

  settle(): Promise<SettleReply> {
    return Promise.resolve({ answers: [] })
  }

  append(): Promise<readonly AppendAnswer[]> {
    return Promise.resolve([])
  }

  sightings(): Promise<readonly SessionSighting[]> {
    return Promise.resolve([])
  }

  journal(): Promise<JournalPage | undefined> {
    return Promise.resolve(undefined)
  }

  control(call: Call, commands: readonly Command[]): Promise<readonly ControlAnswer[]> {
    return this.#run('control', async () =>
      this.#numbered(call, () => {
        this.commands.push(...commands)
        return commands.map((command): ControlAnswer => {
          if (command.kind !== 'cancel') return { code: 'ok', count: 1 }
          return { code: 'canceled', found: command.ids.map((id) => (this.jobs.has(id) ? 'enqueued' : undefined)) }
        })
      }),
    )
  }

  read(ids: readonly string[]): Promise<readonly (JobRecord | undefined)[]> {
    return this.#run('read', async () => ids.map((id) => this.#record(id)))
  }

  readValue(ref: ValueRef, offset: number, length: number): Promise<ValueChunk | undefined> {
    return this.#run('readValue', async () => {
      const value = this.values.get(ref.id)
      if (value === undefined) return undefined
      const bytes = Buffer.from(value as string)
      const kind = typeof value === 'string' ? 'text' : 'bytes'
      return { kind, size: bytes.length, bytes: bytes.subarray(offset, offset + length) }
    })
  }

  counts(): Promise<ReadonlyMap<string, QueueCounts>> {
    return this.#run('counts', async () => new Map())
  }

  sweep(): Promise<SweepReply> {
    return this.#run('sweep', async () => this.sweepReplies.shift() ?? { more: false })
  }

  now(): Promise<number> {
    return this.#run('now', async () => this.time)
  }

  async shiftClock(ms: number): Promise<void> {
    this.time += ms
  }

  async #run<T>(operation: string, perform: () => Promise<T>): Promise<T> {
    this.calls.push(operation)
    const fault = this.faults.get(operation)?.shift()
    if (this.away !== undefined) throw new BackendUnavailable('the fake is away', this.away)
    if (fault === 'lose-request') throw new BackendUnavailable('request lost', 'unknown')
    await this.gates.get(operation)
    const answer = await perform()
    await this.replyGates.get(operation)
    if (fault === 'lose-reply') throw new BackendUnavailable('reply lost', 'unknown')
    return answer
  }

  #session(id: string): Session {
    const session = this.sessions.get(id)
    if (session === undefined) throw new SessionUnknown(id)
    return session
  }

  #numbered<T>(call: Call, apply: () => T): T {
    const session = this.#session(call.session)
    if (call.epoch !== session.epoch) throw new StaleCall('an older epoch')
    const last = session.lanes.get(call.lane)
    if (last?.number === call.number) return last.answer as T
    if (last !== undefined && call.number < last.number) throw new StaleCall('a lower number')
    const { after } = call
    if (after !== undefined && (session.lanes.get(after.lane)?.number ?? 0) < after.number) throw new EarlyCall('early')
    const answer = apply()
    session.lanes.set(call.lane, { number: call.number, answer })
    return answer
  }

  #store(session: string, jobs: readonly NewJob[]): EnqueueAnswer[] {
    // As sent: the outbox may go on to use its own objects.
    this.enqueued.push(structuredClone(jobs))
    const answers: EnqueueAnswer[] = []
    for (const job of jobs) answers.push(this.#storeOne(session, job, answers))
    return answers
  }

  #storeOne(session: string, job: NewJob, before: readonly EnqueueAnswer[]): EnqueueAnswer {
    if (this.jobs.has(job.id)) return job.onDuplicate === 'return' ? 'existing' : { code: 'duplicate' }
    for (const { on, kind } of job.edges ?? []) {
      if (typeof on === 'number' && typeof before[on] !== 'string') return { code: 'dependency', index: on }
      if (typeof on === 'string' && kind === 'value' && !this.jobs.has(on)) return { code: 'no-such-job', about: on }
    }
    this.jobs.set(job.id, { job, session })
    return 'ok'
  }

  #watch(session: Session, ids: readonly string[]): void {
    this.watches.push(ids)
    const told: JobOutcome[] = []
    for (const id of ids) {
      session.watched.add(id)
      const stored = this.jobs.get(id)
      if (stored === undefined) told.push({ id, state: 'gone' })
      else if (stored.outcome !== undefined) told.push(stored.outcome)
    }
    if (told.length > 0) session.listener?.outcomes(told)
  }

  #record(id: string): JobRecord | undefined {
    const stored = this.jobs.get(id)
    if (stored === undefined) return undefined
    const state = stored.outcome?.state
    return {
      id,
      task: stored.job.task,
      queue: stored.job.queue,
      state: state === undefined || state === 'gone' || state === 'ignored' ? 'enqueued' : state,
      priority: stored.job.priority ?? 0,
      series: 1,
      attempt: 0,
      failures: 0,
      crashes: 0,
      input: stored.job.input,
      ignoreResult: stored.job.ignoreResult ?? false,
      tags: stored.job.tags ?? [],
      createdAt: 0,
      unmet: [],
      dependents: [],
      dependentCount: 0,
      history: [],
    }
  }
}
