import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Timer } from '@taskspace/core'
import { systemClock, type TaskQueue } from '@taskspace/core/backend'
import { settle } from '../app/virtual-clock.ts'

/** What a case of the pool kit needs of time. */
export interface KitClock extends Clock {
  /** How many timers are set. */
  readonly pending: number
  /**
   * Let time pass, in ms; resolves when what follows from that has had time to happen. `leapMs`: most that may pass at
   * once.
   */
  advance(ms: number, leapMs?: number): Promise<void>
}

interface Pending {
  readonly at: number
  readonly fire: () => void
  readonly timer: Timer
}

/** Time that passes at once, in ms: a fraction of the shortest lease, so that each is renewed in between. */
const LEAP_MS = 250

/** How long those who were woken may take to say what they have to, in ms. */
const REST_MS = 4

/** How long a renewal may be on its way before time passes all the same, in ms. */
const RENEWAL_MS = 2_000

/**
 * A clock that runs, and leaps ahead when a case lets time pass, together with that of a store: for stores whose time is a
 * server's.
 */
export class LeapingClock implements KitClock {
  readonly #store: Pick<TaskQueue, 'shiftClock' | 'now'>
  readonly #renewed: () => Promise<void>
  readonly #pending = new Set<Pending>()
  #aheadMs = 0

  /** `renewed`: resolves when the renewals on their way have been answered. */
  constructor(store: Pick<TaskQueue, 'shiftClock' | 'now'>, renewed: () => Promise<void>) {
    this.#store = store
    this.#renewed = renewed
  }

  get pending(): number {
    return this.#pending.size
  }

  now(): number {
    return systemClock.now() + this.#aheadMs
  }

  setTimer(fire: () => void, delayMs: number, background?: boolean): Timer {
    const pending: Pending = {
      ...{ at: this.now() + delayMs, fire },
      timer: systemClock.setTimer(() => this.#fire(pending), delayMs, background),
    }
    this.#pending.add(pending)
    return { cancel: () => this.#drop(pending) }
  }

  async advance(ms: number, leapMs = LEAP_MS): Promise<void> {
    const until = this.now() + ms
    // What passes by itself counts as well.
    for (let leftMs = ms; leftMs > 0; leftMs = until - this.now()) await this.#leap(Math.min(leftMs, leapMs))
    await this.#rest()
  }

  async #leap(ms: number): Promise<void> {
    await this.#store.shiftClock(ms)
    this.#aheadMs += ms
    const now = this.now()
    const due = [...this.#pending].filter(({ at }) => at <= now).sort((one, other) => one.at - other.at)
    for (const pending of due) this.#fire(pending)
    await this.#rest()
  }

  /**
   * What was sent by now has been answered, where the store answers in turn; renewals in any case, since a lease must not
   * end for it that a busy machine is slow.
   */
  async #rest(): Promise<void> {
    await settle()
    await this.#store.now()
    await sleep(REST_MS)
    const patience = new AbortController()
    const tooLong = sleep(RENEWAL_MS, undefined, { signal: patience.signal }).catch(() => undefined)
    await Promise.race([this.#renewed(), tooLong])
    patience.abort()
  }

  #fire(pending: Pending): void {
    // It may have been canceled by one that fell due with it.
    if (!this.#drop(pending)) return
    pending.fire()
  }

  #drop(pending: Pending): boolean {
    pending.timer.cancel()
    return this.#pending.delete(pending)
  }
}
