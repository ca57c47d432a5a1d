import type { Clock, JobState } from '@taskspace/core/backend'
import type { Job } from './job.ts'
import { isDueBefore, JobHeap } from './job-heap.ts'
import { JobIndex } from './job-index.ts'
import { JobList } from './job-list.ts'
import { MinuteBuckets } from './minute-buckets.ts'
import { QueueState } from './queue-state.ts'
import type { Released } from './released.ts'
import type { SessionState } from './session-state.ts'
import type { Value } from './value.ts'
import { WorkList } from './work-list.ts'

/** Largest time, 24 days after the store was made, that `|` keeps. */
const LARGEST_SMALL = 2 ** 31 - 1

/** Everything of one namespace. Other files act on it; this one keeps what they share. */
export class Store {
  readonly clock: Clock
  readonly jobs = new JobIndex()
  readonly queues = new Map<string, QueueState>()
  /** In the order in which they were seen last, give or take a minute. */
  readonly sessions = new Map<string, SessionState>()
  /** Sessions that hold something. */
  readonly holding = new Set<SessionState>()
  readonly due = new JobHeap(isDueBefore)
  readonly work = new WorkList()
  /** Jobs whose end has to be handed to others; they come to the work list next. */
  releases: Released[] = []
  /** Values that are still needed though their maker holds them no more, by `valueKey`. */
  readonly strayValues = new Map<string, Value>()
  /** Ended in success or canceled, without a result that is kept; the oldest first. */
  readonly expendable = new JobList()
  /** How many records of success and canceled there are. */
  endedCount = 0
  /** Jobs whose result is kept for a time, by the minute in which that is over. */
  readonly expiring = new MinuteBuckets()
  lastSweep: number | undefined = undefined
  /** When the last sweep said that it has to come again, or somebody was told since. */
  nextDue = Number.POSITIVE_INFINITY
  clockOffset = 0
  /**
   * When the store was made, in ms since the epoch. Inside it all times count from here, and claims from one: small
   * integers lie in the job itself, where larger numbers would be objects of their own, five for each job.
   */
  readonly #madeAt: number
  #claims = 0
  #sessions = 0
  #position = 0

  constructor(clock: Clock) {
    this.clock = clock
    // One off, so that 0 is no time and can mean none.
    this.#madeAt = Math.floor(clock.now()) - 1
  }

  /** The store's time: whole ms since it was made. */
  now(): number {
    const at = Math.floor(this.clock.now() + this.clockOffset) - this.#madeAt
    // The difference of two large numbers is an object of its own though it is small, and so is each stamp made from it.
    return at <= LARGEST_SMALL ? at | 0 : at
  }

  /** A time of the store, as others know it: in ms since the epoch. */
  toTime(at: number): number {
    return at + this.#madeAt
  }

  /** A time in ms since the epoch, as the store counts. */
  fromTime(time: number): number {
    return time - this.#madeAt
  }

  /** Number of a claim: higher than any before. */
  nextClaim(): number {
    this.#claims += 1
    return this.#claims
  }

  /** Number of a session: higher than any before. */
  nextSession(): number {
    this.#sessions += 1
    return this.#sessions
  }

  /**
   * The fencing token of a job's last claim. Tokens start at the store's making in microseconds, and rise by one: a store
   * made later on the same URL begins higher, since nobody claims a million jobs a second for as long as one lives.
   */
  tokenOf(job: Job): number {
    return this.#madeAt * 1000 + job.claim
  }

  nextPosition(): number {
    this.#position += 1
    return this.#position
  }

  /** The queue of this name, made if it is not there. */
  queue(name: string): QueueState {
    const known = this.queues.get(name)
    if (known !== undefined) return known
    const queue = new QueueState(name)
    this.queues.set(name, queue)
    return queue
  }

  /** Forget a queue that holds nothing and that nobody waits for. */
  forgetQueue(queue: QueueState): void {
    if (queue.isEmpty && queue.waiting.size === 0) this.queues.delete(queue.name)
  }

  setState(job: Job, state: JobState): void {
    if (job.state === state) return
    job.queue.counts[job.state] -= 1
    job.state = state
    job.queue.counts[state] += 1
  }

  /** Tell everybody who listens that something is due at a time of the store, if it is earlier than they know. */
  tellDue(at: number): void {
    if (at >= this.nextDue) return
    this.nextDue = at
    for (const session of this.sessions.values()) session.listener?.due(this.toTime(at))
  }
}
