import type { ClaimRequest, QueueSelection } from '../backend/claim.ts'
import { CLAIM_REPLY_BYTES, MAX_BATCH_ITEMS } from '../backend/limits.ts'
import type { Prefetch } from './prefetch.ts'
import type { Slots } from './slots.ts'

/** Most jobs that one claim asks for: half of what a call may carry, so that one claim is answered while jobs of another run. */
const MOST_AT_ONCE = MAX_BATCH_ITEMS / 2

/** What a plan is made from. */
export interface ClaimPlanOptions {
  readonly slots: Slots
  readonly size: number
  readonly prefetch: Prefetch
  readonly queues: QueueSelection
  /** Jobs that were claimed and wait for a slot. */
  readonly readyCount: () => number
}

/** Decides how many jobs to claim. */
export class ClaimPlan {
  readonly #options: ClaimPlanOptions
  #aheadAsked = 0

  constructor(options: ClaimPlanOptions) {
    this.#options = options
  }

  /** Slots that are free, and for which nothing was claimed or asked for. */
  openSlots(): number {
    return this.#options.slots.open(this.#options.readyCount())
  }

  /**
   * The next claim, for so many slots at most; `undefined` if there is no use for more jobs now. Counts as asked for until
   * `answered`.
   */
  request(most: number): ClaimRequest | undefined {
    const { slots, queues } = this.#options
    if (most <= 0) return undefined
    const ready = this.#options.readyCount()
    const open = Math.min(MOST_AT_ONCE, most, slots.open(ready))
    const ahead = Math.min(MOST_AT_ONCE - open, this.#ahead(ready))
    if (open === 0 && ahead === 0) return undefined
    slots.ask(open)
    this.#aheadAsked += ahead
    return { slots: open, ahead, bytes: CLAIM_REPLY_BYTES, queues }
  }

  /** The claim was answered, or failed. */
  answered(request: ClaimRequest): void {
    this.#options.slots.answered(request.slots)
    this.#aheadAsked -= request.ahead
  }

  // Asked for when half of it is used up, so that not every settlement asks for one job.
  #ahead(ready: number): number {
    const { prefetch, size, slots } = this.#options
    const target = prefetch.target(size) + slots.spare
    const missing = target - ready - this.#aheadAsked
    return missing * 2 >= target ? missing : 0
  }
}
