/** Work to have at hand in a worker, in ms: longer than any trip there and back. */
const AT_HAND_MS = 4

/** Most jobs to have at hand for one that runs. */
const MOST = 256

/** Weight of the newest measurement. */
const WEIGHT = 1 / 4

/** How long a job is taken to last that kept others from their turn. */
const STUCK_MS = 1_000

/** How many jobs to send to a worker ahead of their turn: many while they are short, none when they are not. */
export class Pipeline {
  readonly #enabled: boolean
  #jobMs = STUCK_MS

  constructor(enabled: boolean) {
    this.#enabled = enabled
  }

  /** A slot of a worker has ended that many jobs in this time. */
  ran(jobs: number, ms: number): void {
    this.#jobMs += (ms / jobs - this.#jobMs) * (jobs > 1 ? 1 / 2 : WEIGHT)
  }

  /** Jobs at hand did not get their turn in time. */
  stuck(): void {
    this.#jobMs = STUCK_MS
  }

  /** Jobs to have at hand for each that runs. */
  get depth(): number {
    if (!this.#enabled || this.#jobMs > AT_HAND_MS / 2) return 0
    return Math.min(MOST, Math.floor(AT_HAND_MS / this.#jobMs))
  }
}
