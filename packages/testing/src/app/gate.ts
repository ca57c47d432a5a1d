/** A point that code under test passes only when the test says so. */
export interface Gate {
  /** For the code under test: wait here until the gate is open. */
  pass(): Promise<void>
  /** Let everybody pass, now and from now on. */
  open(): void
  /** Resolves when that many have come to the gate, whether they have passed or not; default 1. */
  reached(count?: number): Promise<void>
  /** How many have come to the gate. */
  readonly arrivals: number
}

/**
 * A gate, closed. It takes the place of sleeping: a task waits at it, the test waits until the task is there, looks, and
 * opens.
 */
export function gate(): Gate {
  return new SimpleGate()
}

class SimpleGate implements Gate {
  readonly #opened: Promise<void>
  #open!: () => void
  #arrivals = 0
  #watchers: { readonly count: number; readonly resolve: () => void }[] = []

  constructor() {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  get arrivals(): number {
    return this.#arrivals
  }

  pass(): Promise<void> {
    this.#arrivals += 1
    const reached = this.#watchers.filter(({ count }) => count <= this.#arrivals)
    this.#watchers = this.#watchers.filter(({ count }) => count > this.#arrivals)
    for (const { resolve } of reached) resolve()
    return this.#opened
  }

  open(): void {
    this.#open()
  }

  reached(count = 1): Promise<void> {
    if (this.#arrivals >= count) return Promise.resolve()
    return new Promise((resolve) => {
      this.#watchers.push({ count, resolve })
    })
  }
}
