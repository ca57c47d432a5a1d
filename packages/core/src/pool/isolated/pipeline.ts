/** Work to have at hand in a worker, in ms: longer than any trip there and back. */
const AT_HAND_MS = 4

/** Most jobs to have at hand for one that runs. */
const MOST = 256

/** Weight of the newest measurement; more of one that is about many jobs. */
const WEIGHT_OF_ONE = 1 / 4
const WEIGHT_OF_MANY = 1 / 2

/** How many jobs to send to a worker ahead of their turn: many while they are short, none when they are not. */
export class Pipeline {
  readonly #enabled: boolean
  #jobMs: number | undefined

  /** `enabled`: false for none ever. */
  constructor(enabled: boolean) {
    this.#enabled = enabled
  }

  /** A worker has ended that many jobs in this time. */
  ran(jobs: number, ms: number): void {
    const each = ms / jobs
    const before = this.#jobMs ?? each
    this.#jobMs = before + (each - before) * (jobs > 1 ? WEIGHT_OF_MANY : WEIGHT_OF_ONE)
  }

  /** Jobs at hand did not get their turn in time: those that run take long, though none of them has ended yet. */
  stuck(): void {
    this.#jobMs = Math.max(this.#jobMs ?? 0, 2 * AT_HAND_MS)
  }

  /** Jobs to have at hand for each that runs. */
  get depth(): number {
    if (!this.#enabled || this.#jobMs === undefined || this.#jobMs > AT_HAND_MS / 2) return 0
    return Math.min(MOST, Math.floor(AT_HAND_MS / this.#jobMs))
  }
}
