import type { Clock, Timer } from '../../src/backend.ts'

interface Pending {
  readonly at: number
  readonly fire: () => void
}

/** A clock that goes only when told to. */
export class ManualClock implements Clock {
  #now = 1_000_000
  readonly #pending = new Set<Pending>()

  /** How many timers are set. */
  get timers(): number {
    return this.#pending.size
  }

  now(): number {
    return this.#now
  }

  setTimer(fire: () => void, delayMs: number): Timer {
    const pending = { at: this.#now + delayMs, fire }
    this.#pending.add(pending)
    return { cancel: () => void this.#pending.delete(pending) }
  }

  /** Let time pass: fires what gets due, in order, with a turn of the event loop after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await new Promise(setImmediate)
      const next = [...this.#pending].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#pending.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.fire()
    }
    this.#now = end
    await new Promise(setImmediate)
  }
}
