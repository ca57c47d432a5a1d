import type { ClaimedJob, HeldJob, JobOutcome, SessionListener, SessionSpec } from '@taskspace/core/backend'
import type { Job } from './job.ts'
import { JobList } from './job-list.ts'

/** What is remembered of the last call that was applied on a lane. */
export interface AppliedCall {
  number: number
  /** What it answered, item by item. */
  answers: readonly unknown[]
  /** What it claimed. */
  claimed: readonly ClaimedJob[]
}

/** One session, as the store knows it. */
export class SessionState {
  readonly id: string
  /** Counts the sessions of the store. */
  readonly begun: number
  readonly lanes = new Map<number, AppliedCall>()
  /** In the order in which they were claimed. */
  readonly held = new JobList()
  /** Claims it lost and was not told of yet. */
  readonly lost: HeldJob[] = []
  epoch = 0
  /** For each lane of the epoch before, the last number that was applied. */
  appliedBefore: Readonly<Record<number, number>> = {}
  /** End of its lease; counts while it holds something. */
  leaseEnd = 0
  /** When it made its last call. */
  heardAt: number
  /** When it was put at the end of the list of sessions. */
  movedAt: number
  /** A sweep has recorded the end of its lease, or it was closed. */
  hasEnded = false
  /** How many of the jobs held are marked as canceled. */
  canceling = 0
  /** The suspect it holds for a slot. */
  suspect: Job | undefined = undefined
  /** Turn of its fair claims. */
  turn = 0
  listener: SessionListener | undefined = undefined
  outcomes: JobOutcome[] = []
  news = new Set<string>()
  hasNotice = false
  isToldLater = false

  #spec: SessionSpec

  constructor(spec: SessionSpec, now: number, begun: number) {
    this.id = spec.id
    this.#spec = spec
    this.begun = begun
    this.heardAt = now
    this.movedAt = now
  }

  get spec(): SessionSpec {
    return this.#spec
  }

  /** Let the tasks and queues of a later revision count. */
  revise({ revision = 0, tasks, queues }: SessionSpec): void {
    const { tasks: _tasks, queues: _queues, ...kept } = this.#spec
    if (revision <= (kept.revision ?? 0)) return
    this.#spec = { ...kept, revision, ...(tasks && { tasks }), ...(queues && { queues }) }
  }

  get leaseMs(): number {
    return this.spec.leaseMs ?? Number.POSITIVE_INFINITY
  }

  /** Crashes after which a job of the task fails, as this session's program says. */
  maxCrashes(task: string): number | undefined {
    const { tasks } = this.spec
    return tasks !== undefined && Object.hasOwn(tasks, task) ? tasks[task]?.maxCrashes : undefined
  }

  /** Whether it claims from the queue and lists the task. */
  canRun(job: Job): boolean {
    const { tasks, queues } = this.spec
    return tasks !== undefined && Object.hasOwn(tasks, job.task) && queues?.includes(job.queue.name) === true
  }
}
