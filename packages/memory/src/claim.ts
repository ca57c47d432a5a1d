import {
  type ClaimedJob,
  type ClaimedValue,
  type ClaimReply,
  type ClaimRequest,
  DEFAULT_MAX_CRASHES,
  INLINE_VALUE_BYTES,
  NOTHING_CLAIMED,
  payloadSize,
  type QueueSelection,
} from '@taskspace/core/backend'
import { end } from './ending.ts'
import { drainedFailure } from './failures.ts'
import { noteStamped, writeOutHistory } from './history.ts'
import { isSuspect, type Job } from './job.ts'
import { ownBytes } from './own-bytes.ts'
import { own } from './ownership.ts'
import { displace, isDrained } from './placing.ts'
import type { QueueState } from './queue-state.ts'
import type { SessionState } from './session-state.ts'
import type { Store } from './store.ts'
import { type Argument, Value } from './value.ts'

/** Most jobs that one claim passes over. */
const MAX_PASSED_OVER = 256

/** Take jobs for a session, best first. */
export function take(store: Store, session: SessionState, request: ClaimRequest): ClaimReply {
  const hand = new Hand(store, session, request)
  for (const name of inTurn(request.queues, session)) {
    const queue = store.queues.get(name)
    if (queue !== undefined && queue.counts.enqueued > 0) hand.takeFrom(queue)
    if (hand.isFull) break
  }
  return hand.jobs.length === 0 ? NOTHING_CLAIMED : { jobs: hand.jobs, values: hand.values }
}

/** The reply to a claim that is asked for again: what is still held of it. */
export function takeAgain(store: Store, session: SessionState, claimed: readonly ClaimedJob[]): ClaimReply {
  const table: ClaimedValue[] = []
  const places = new Map<Argument, number>()
  const jobs = claimed.filter(({ id, token }) => {
    const job = store.jobs.get(id)
    return job?.owner === session && store.tokenOf(job) === token
  })
  const again = jobs.map((each) => {
    const args = store.jobs.get(each.id)?.rare?.args
    return args === undefined ? each : { ...each, args: argumentPlaces(args, table, places).places }
  })
  return { jobs: again, values: table }
}

/** Names of the queues to look at, in order. */
function inTurn(selection: QueueSelection, session: SessionState): readonly string[] {
  if (!('fair' in selection)) return selection
  const names = selection.fair
  const from = names.length === 0 ? 0 : session.turn % names.length
  session.turn += 1
  return [...names.slice(from), ...names.slice(0, from)]
}

/** What one claim has taken so far. */
class Hand {
  readonly jobs: ClaimedJob[] = []
  readonly values: ClaimedValue[] = []
  readonly #store: Store
  readonly #session: SessionState
  readonly #now: number
  readonly #bytes: number
  readonly #places = new Map<Argument, number>()
  #slots: number
  #ahead: number
  #used = 0
  #isFull = false

  constructor(store: Store, session: SessionState, request: ClaimRequest) {
    this.#store = store
    this.#session = session
    this.#now = store.now()
    this.#bytes = request.bytes
    this.#slots = request.slots
    this.#ahead = request.ahead
  }

  get isFull(): boolean {
    return this.#isFull || this.#slots + this.#ahead <= 0
  }

  takeFrom(queue: QueueState): void {
    const passedOver: Job[] = []
    while (!this.isFull && passedOver.length < MAX_PASSED_OVER) {
      const job = queue.firstReady
      if (job === undefined) break
      if (isDrained(job)) end(this.#store, job, drainedFailure(job), this.#now)
      else if (this.#mustPassOver(job)) passedOver.push(leave(job))
      else if (!this.#take(job)) this.#isFull = true
    }
    // They stood before all that is left: the last one goes back first.
    for (const job of passedOver.reverse()) comeBack(job)
    if (this.jobs.length > 0) this.#keepLease()
  }

  #keepLease(): void {
    const { leaseMs } = this.#session
    this.#session.leaseEnd = this.#now + leaseMs
    this.#store.tellDue(this.#now + leaseMs / 4)
  }

  /** A session holds one suspect at a time. */
  #mustPassOver(job: Job): boolean {
    return isSuspect(job) && this.#session.suspect !== undefined
  }

  /** False if this job may not go with this claim. */
  #take(job: Job): boolean {
    const ahead = this.#slots <= 0
    if (ahead && this.#needsSlot(job)) return false
    const needed = job.rare?.args
    const size = payloadSize(job.input) + (needed === undefined ? 0 : inlineSize(needed, this.#places))
    if (this.jobs.length > 0 && this.#used + size > this.#bytes) return false
    this.#used += size
    if (ahead) this.#ahead -= 1
    else this.#slots -= 1
    this.#claim(job, ahead)
    this.jobs.push(this.#describe(job, needed))
    return true
  }

  #needsSlot(job: Job): boolean {
    const maxCrashes = job.rare?.maxCrashes ?? this.#session.maxCrashes(job.task) ?? DEFAULT_MAX_CRASHES
    return isSuspect(job) || maxCrashes === 1
  }

  #claim(job: Job, ahead: boolean): void {
    const now = this.#now
    // The stamps tell of one claim only.
    if (job.claimedAt > 0) writeOutHistory(job)
    displace(this.#store, job)
    this.#store.setState(job, 'processing')
    job.claim = this.#store.nextClaim()
    job.attempt += 1
    job.ahead = ahead
    job.claimedAt = now
    own(this.#store, this.#session, job)
    noteStamped(job, 'claimed', now, this.#session.id)
  }

  #describe(job: Job, needed: readonly (Argument | undefined)[] | undefined): ClaimedJob {
    const { id, task, attempt, failures, crashes, series, priority, ahead } = job
    const token = this.#store.tokenOf(job)
    const createdAt = this.#store.toTime(job.createdAt)
    const input = ownBytes(job.input)
    const queue = job.queue.name
    const claimed = { id, task, queue, token, attempt, failures, crashes, series, priority, input, createdAt, ahead }
    const { rare } = job
    if (rare === undefined) return claimed
    return {
      ...claimed,
      ...(needed !== undefined && { args: argumentPlaces(needed, this.values, this.#places).places }),
      ...(rare.run !== undefined && { run: rare.run }),
      ...(rare.ignoreResult && { ignoreResult: true }),
      ...(rare.tags !== undefined && { tags: rare.tags }),
      ...(rare.meta !== undefined && { meta: rare.meta }),
    }
  }
}

/** Places of arguments in a table that holds each once; those it lacks are added. */
function argumentPlaces(
  needed: readonly (Argument | undefined)[],
  table: ClaimedValue[],
  known: Map<Argument, number>,
): { readonly places: readonly number[] } {
  const places = needed.map((argument) => {
    if (argument === undefined) throw new Error('a job was handed out before all its arguments were there')
    const place = known.get(argument) ?? table.push(claimedValue(argument)) - 1
    known.set(argument, place)
    return place
  })
  return { places }
}

function claimedValue(argument: Argument): ClaimedValue {
  if (!(argument instanceof Value)) return { kind: 'failure', failure: argument }
  const { id, series, payload } = argument
  const size = payloadSize(payload)
  if (size <= INLINE_VALUE_BYTES) return { kind: 'value', payload: ownBytes(payload) }
  return { kind: 'large', ref: { id, series }, size }
}

/** Bytes that the arguments of a job add to a reply which has some already. */
function inlineSize(needed: readonly (Argument | undefined)[], known: ReadonlyMap<Argument, number>): number {
  let size = 0
  const counted = new Set<Argument>()
  for (const argument of needed) {
    if (!(argument instanceof Value) || known.has(argument) || counted.has(argument)) continue
    counted.add(argument)
    const bytes = payloadSize(argument.payload)
    if (bytes <= INLINE_VALUE_BYTES) size += bytes
  }
  return size
}

function leave(job: Job): Job {
  const line = job.queue.line(job.priority)
  if (job.place === 'returned') line.returned.remove(job)
  else line.jobs.remove(job)
  return job
}

function comeBack(job: Job): void {
  const line = job.queue.line(job.priority)
  if (job.place === 'returned') line.returned.add(job)
  else line.jobs.prepend(job)
}
