import { setImmediate } from 'node:timers'
import type { Clock, Duration, Timer } from '@taskspace/core'
import { milliseconds } from './milliseconds.ts'

interface Pending {
  readonly at: number
  readonly order: number
  readonly fire: () => void
}

/** Turns of the event loop in which what runs may get as far as it can without time passing. */
const SETTLING_TURNS = 8

/** Most timers fired in one `advance`: beyond it something sets them without end. */
const MAX_FIRED = 1_000_000

/**
 * Time that passes when a test says so. Give it to `testBroker` or `getBroker('memory:…', { clock })`: then delays, timeouts,
 * leases and the life of results all go by it, and no test has to sleep.
 */
export class VirtualClock implements Clock {
  #now: number
  #order = 0
  readonly #timers: Pending[] = []
  #advancing: Promise<void> = Promise.resolve()

  /** @param start the first `now()`, as a Date or ms since the epoch; default the beginning of 2030. */
  constructor(start: Date | number = Date.UTC(2030, 0, 1)) {
    this.#now = Number(start)
  }

  now(): number {
    return this.#now
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.length
  }

  setTimer(fire: () => void, delayMs: number): Timer {
    this.#order += 1
    const timer: Pending = { at: this.#now + Math.max(0, delayMs), order: this.#order, fire }
    this.#timers.splice(this.#placeOf(timer), 0, timer)
    return { cancel: () => this.#cancel(timer) }
  }

  /**
   * Let time pass: fires what is due in its order, each at its own time, and in between lets all that follows from it
   * happen. Resolves when everything has come to rest that does not wait for more time, or for the world outside.
   *
   * @throws InvalidArgument for what is no duration; Error if timers are set without end.
   */
  advance(time: Duration): Promise<void> {
    const ms = milliseconds(time)
    const advanced = this.#advancing.then(() => this.#advance(ms))
    this.#advancing = advanced.catch(() => undefined)
    return advanced
  }

  /** Let time jump, as for a machine that slept: what is due fires late, with the next `advance`. */
  skip(time: Duration): void {
    this.#now += milliseconds(time)
  }

  async #advance(ms: number): Promise<void> {
    const until = this.#now + ms
    await settle()
    for (let fired = 0; fired < MAX_FIRED; fired += 1) {
      const [next] = this.#timers
      if (next === undefined || next.at > until) {
        this.#now = Math.max(this.#now, until)
        return
      }
      this.#timers.shift()
      this.#now = Math.max(this.#now, next.at)
      next.fire()
      await settle()
    }
    throw new Error(
      `more than ${MAX_FIRED} timers fired while the clock advanced by ${ms} ms: something sets them without end`,
    )
  }

  #cancel(timer: Pending): void {
    const place = this.#placeOf(timer)
    if (this.#timers[place] === timer) this.#timers.splice(place, 1)
  }

  /** Where it stands, or would: by time, and by the order in which they were set. */
  #placeOf({ at, order }: Pending): number {
    let low = 0
    let high = this.#timers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#timers[middle] as Pending
      if (other.at < at || (other.at === at && other.order < order)) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Let promises, ticks and immediates happen until they have had time to come to rest. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLING_TURNS; turn += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
  }
}
