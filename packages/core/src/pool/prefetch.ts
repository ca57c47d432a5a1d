import { MAX_BATCH_ITEMS } from '../backend/limits.ts'

/** Weight of the newest job; a single long one turns claiming ahead off for the next dozens of short ones. */
const JOB_WEIGHT = 1 / 8
const TRIP_WEIGHT = 1 / 8

/** What a job is taken to last that keeps others from their turn: longer than any round trip worth having. */
const STUCK_MS = 60_000

/**
 * How many jobs to have at hand beyond the free slots: as many as run during one round trip, while jobs are shorter than
 * that, so that no slot waits for the backend; none otherwise, so that another pool can have them.
 */
export class Prefetch {
  readonly #enabled: boolean
  #jobMs = 0
  #tripMs = 0

  constructor(enabled: boolean) {
    this.#enabled = enabled
  }

  /** A job took this long. */
  ran(ms: number): void {
    this.#jobMs += (ms - this.#jobMs) * JOB_WEIGHT
  }

  /** Jobs at hand did not get their turn: those that run take long, though none of them has ended yet. */
  stuck(): void {
    this.#jobMs = Math.max(this.#jobMs, STUCK_MS)
  }

  /** A round trip took this long. */
  trip(ms: number): void {
    this.#tripMs = this.#tripMs === 0 ? ms : this.#tripMs + (ms - this.#tripMs) * TRIP_WEIGHT
  }

  /** How many jobs to have at hand, for so many slots. */
  target(slots: number): number {
    if (!this.#enabled || this.#jobMs === 0 || this.#jobMs >= this.#tripMs) return 0
    return Math.min(MAX_BATCH_ITEMS, Math.ceil((slots * this.#tripMs) / this.#jobMs))
  }
}
