import type { Clock, Timer } from '../backend/clock.ts'
import type { Engine } from './engine.ts'

/** What draining takes. */
export interface DrainOptions {
  readonly engine: Pick<Engine, 'drain' | 'stopJobs' | 'idle' | 'settled' | 'close'>
  readonly clock: Clock
  readonly limits: DrainLimits
}

/** How long a drain may take. */
export interface DrainLimits {
  /** How long jobs may take to finish. */
  readonly timeoutMs: number
  /** How long they may take after that, when they were told to stop, before they are given up. */
  readonly graceMs: number
}

/** How long the backend may take to answer what the last jobs came to; a backend that is away must not keep a pool from stopping. */
const ANSWER_MS = 3_000

/**
 * How a pool stops: it claims no more and gives back what has not started, lets jobs finish, tells those to stop that do
 * not, tells the backend what they come to, and gives back the rest without spending an attempt.
 */
export class Drain {
  readonly #options: DrainOptions
  readonly #patience: Deadline
  #graceMs: number
  #wereTold = false

  constructor(options: DrainOptions) {
    this.#options = options
    this.#patience = new Deadline(options.clock, options.limits.timeoutMs)
    this.#graceMs = options.limits.graceMs
  }

  /** Wait no longer than this, from now, for jobs to finish; a longer time than is left changes nothing. */
  shorten({ timeoutMs, graceMs }: DrainLimits): void {
    this.#patience.shorten(timeoutMs)
    this.#graceMs = Math.min(graceMs, this.#graceMs)
    if (this.#wereTold) this.#options.engine.stopJobs(graceMs)
  }

  /** Do it all. */
  async run(): Promise<void> {
    const { engine, clock } = this.#options
    engine.drain()
    await engine.idle(this.#patience.signal)
    this.#patience.cancel()
    this.#wereTold = true
    engine.stopJobs(this.#graceMs)
    await engine.idle(NEVER)
    const answers = new Deadline(clock, ANSWER_MS)
    await engine.settled(answers.signal)
    answers.cancel()
    await engine.close()
  }
}

/** Every job that runs is given up after the grace: waiting for that needs no limit of its own. */
const NEVER = new AbortController().signal

/** A time that can be brought forward. */
class Deadline {
  readonly #clock: Clock
  readonly #over = new AbortController()
  #at: number
  #timer: Timer | undefined

  constructor(clock: Clock, delayMs: number) {
    this.#clock = clock
    this.#at = clock.now() + delayMs
    this.#arm()
  }

  get signal(): AbortSignal {
    return this.#over.signal
  }

  shorten(delayMs: number): void {
    const at = this.#clock.now() + delayMs
    if (at >= this.#at) return
    this.#at = at
    this.#arm()
  }

  cancel(): void {
    this.#timer?.cancel()
  }

  #arm(): void {
    this.#timer?.cancel()
    const delayMs = this.#at - this.#clock.now()
    if (delayMs <= 0) this.#over.abort()
    else if (delayMs !== Number.POSITIVE_INFINITY) this.#timer = this.#clock.setTimer(() => this.#over.abort(), delayMs)
  }
}
