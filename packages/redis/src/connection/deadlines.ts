/** An answer that is waited for: until when, and what happens then. */
export interface Deadline {
  /** In ms of `performance.now()`. */
  readonly at: number
  readonly late: () => void
}

/** Watches until when answers have to come, with one timer for all of them: one for each costs more than to send a call. */
export class Deadlines {
  /** Few, since few calls are under way at a time. */
  readonly #open: Deadline[] = []
  #timer: NodeJS.Timeout | undefined
  #dueAt = Number.POSITIVE_INFINITY
  #isClosed = false

  /** Call `late` after `ms`, unless the answer comes before. */
  add(ms: number, late: () => void): Deadline {
    const now = performance.now()
    const deadline = { at: now + ms, late }
    this.#open.push(deadline)
    if (deadline.at < this.#dueAt) this.#arm(deadline.at, now)
    return deadline
  }

  /** The answer is here. */
  met(deadline: Deadline): void {
    const place = this.#open.indexOf(deadline)
    if (place >= 0) this.#open.splice(place, 1)
    if (this.#isClosed) this.close()
  }

  /** Nothing more will be waited for: keep no timer once the last has come, or is late. */
  close(): void {
    this.#isClosed = true
    if (this.#open.length === 0) this.#disarm()
  }

  #arm(at: number, now: number): void {
    clearTimeout(this.#timer)
    this.#dueAt = at
    this.#timer = setTimeout(() => this.#look(), Math.max(1, at - now))
  }

  #disarm(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#dueAt = Number.POSITIVE_INFINITY
  }

  /** The first that was waited for when the timer was set is due; it may have come long ago, and others be waited for. */
  #look(): void {
    this.#disarm()
    const now = performance.now()
    for (const deadline of this.#open.filter(({ at }) => at <= now)) {
      this.met(deadline)
      deadline.late()
    }
    const next = this.#open.reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY)
    if (next < this.#dueAt) this.#arm(next, now)
  }
}
