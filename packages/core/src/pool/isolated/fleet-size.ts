import type { IsolatedSettings } from './isolated-options.ts'

/** What decides how many workers there are, and makes it so. */
export interface FleetSizeOwner {
  spawn(): void
  /** Workers that are there, or come, and how many could be kept busy. */
  demand(): { readonly alive: number; readonly wanted: number }
  /** Let one go that has nothing to do, if there is one. */
  shrink(): void
}

/** How often it is looked whether there are too many, in ms. */
const STEP_MS = 1_000

/** Pause after the first failure to start; it doubles with each one more. */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 30_000

/**
 * Keeps the number of workers between its limits: more at once when jobs wait, one less each second while one has nothing
 * to do (RW-42, RW-43). Waits longer and longer while workers die at their start.
 */
export class FleetSize {
  readonly #settings: Pick<IsolatedSettings, 'minWorkers' | 'maxWorkers'>
  readonly #owner: FleetSizeOwner
  #state: 'new' | 'open' | 'closed' = 'new'
  #failures = 0
  #pause: NodeJS.Timeout | undefined
  #step: NodeJS.Timeout | undefined

  constructor(settings: Pick<IsolatedSettings, 'minWorkers' | 'maxWorkers'>, owner: FleetSizeOwner) {
    this.#settings = settings
    this.#owner = owner
  }

  /** Start the first workers. */
  open(): void {
    this.#state = 'open'
    const first = Math.max(1, this.#settings.minWorkers)
    for (let count = 0; count < first; count += 1) this.#owner.spawn()
    const { minWorkers, maxWorkers } = this.#settings
    if (minWorkers < maxWorkers || minWorkers === 0) this.#step = setInterval(() => this.#look(), STEP_MS).unref()
  }

  /** Start none any more. */
  close(): void {
    this.#state = 'closed'
    clearTimeout(this.#pause)
    clearInterval(this.#step)
  }

  /** There may be too few. */
  grow(): void {
    if (this.#state !== 'open' || this.#pause !== undefined) return
    const { minWorkers, maxWorkers } = this.#settings
    const { alive, wanted } = this.#owner.demand()
    const missing = Math.min(maxWorkers, Math.max(minWorkers, wanted)) - alive
    for (let count = 0; count < missing; count += 1) this.#owner.spawn()
  }

  /** A worker did not come up. */
  failed(): void {
    this.#failures += 1
    clearTimeout(this.#pause)
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1))
    if (this.#state !== 'open') return
    this.#pause = setTimeout(() => {
      this.#pause = undefined
      this.grow()
    }, pauseMs)
  }

  /** A worker is of use. */
  worked(): void {
    this.#failures = 0
  }

  #look(): void {
    if (this.#owner.demand().alive > this.#settings.minWorkers) this.#owner.shrink()
  }
}
