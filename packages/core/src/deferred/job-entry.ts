import type { JobState } from '../backend/job-state.ts'
import type { Waiter } from './waiter.ts'

/**
 * How much is known here of a job.
 *
 * `gathered` its enqueue is not answered · `stored` · `refused` it was not stored · `unknown` it may have been stored ·
 * `value`, `failure` it has ended, and its result, or the error that result() throws, is held.
 */
export type Phase = 'gathered' | 'stored' | 'refused' | 'unknown' | 'value' | 'failure'

/** What a job is about. */
export interface JobIdentity {
  readonly id: string
  /** Full name of the task; empty if it is not known here. */
  readonly name: string
  /** Name of the queue; empty if it is not known here. */
  readonly queue: string
}

/** What this process knows of a job that it has a handle on, and who waits for more. Does no I/O. */
export abstract class JobEntry {
  readonly id: string
  readonly name: string
  readonly queue: string
  #phase: Phase
  #held: unknown
  #state: JobState | undefined
  #looked = false
  #uses = 0
  #first: Waiter | undefined
  #last: Waiter | undefined
  #awaiting = 0

  constructor(job: JobIdentity, phase: Phase) {
    this.id = job.id
    this.name = job.name
    this.queue = job.queue
    this.#phase = phase
  }

  /** Whether the job keeps no result. */
  abstract get ignoresResult(): boolean

  get phase(): Phase {
    return this.#phase
  }

  /** The result, the failure, or why it is not stored, as the phase says. */
  get held(): unknown {
    return this.#held
  }

  /** The state it was seen in last. */
  get seenState(): JobState | undefined {
    return this.#state
  }

  set seenState(state: JobState | undefined) {
    this.#state = state
  }

  /** Whether the enqueue failed, as far as is known. */
  get isLost(): boolean {
    return this.#phase === 'refused' || this.#phase === 'unknown'
  }

  /** Whether it has ended, and how is known here. */
  get isSettled(): boolean {
    return this.#phase === 'value' || this.#phase === 'failure'
  }

  /** Whether somebody has looked for its fate, and so would learn that the enqueue failed. */
  get isLookedAt(): boolean {
    return this.#looked
  }

  /** How often other calls have it as an argument or a dependency. */
  get uses(): number {
    return this.#uses
  }

  /** One more call depends on it. */
  use(): void {
    this.#uses += 1
  }

  /** Somebody looks for its fate. */
  look(): void {
    this.#looked = true
  }

  /** Whether somebody waits for its end. */
  get isAwaited(): boolean {
    return this.#awaiting > 0
  }

  /** Tell the waiter when there is what it wants. */
  add(waiter: Waiter): void {
    waiter.previous = this.#last
    if (this.#last === undefined) this.#first = waiter
    else this.#last.next = waiter
    this.#last = waiter
    if (waiter.wanted !== 'stored') this.#awaiting += 1
  }

  /** The waiter has settled otherwise. */
  remove(waiter: Waiter): void {
    if (waiter.previous === undefined) this.#first = waiter.next
    else waiter.previous.next = waiter.next
    if (waiter.next === undefined) this.#last = waiter.previous
    else waiter.next.previous = waiter.previous
    if (waiter.wanted !== 'stored') this.#awaiting -= 1
  }

  /** Its enqueue was accepted. */
  markStored(): void {
    if (this.#phase === 'gathered') this.#phase = 'stored'
    for (let waiter = this.#first; waiter !== undefined; waiter = waiter.next) {
      if (waiter.wanted !== 'stored') continue
      this.remove(waiter)
      waiter.fulfil(this)
    }
  }

  /** It was not stored, for this reason. */
  refuse(error: unknown): void {
    this.#phase = 'refused'
    this.#held = error
    this.rejectAll(error)
  }

  /** Nobody knows whether it was stored. Who asks from now on may learn it from the backend. */
  doubt(error: unknown): void {
    this.#phase = 'unknown'
    this.#held = error
    this.rejectAll(error)
  }

  /** It has ended: `held` is its result, or what `result()` throws. */
  settle(phase: 'value' | 'failure', held: unknown, state: JobState | undefined): void {
    this.#phase = phase
    this.#held = held
    this.#state = state
    for (let waiter = this.#takeWaiters(); waiter !== undefined; waiter = waiter.next) waiter.fulfil(this)
  }

  /** Nothing more is told about it. */
  rejectAll(error: unknown): void {
    for (let waiter = this.#takeWaiters(); waiter !== undefined; waiter = waiter.next) waiter.reject(error)
  }

  #takeWaiters(): Waiter | undefined {
    const first = this.#first
    this.#first = undefined
    this.#last = undefined
    this.#awaiting = 0
    return first
  }
}
