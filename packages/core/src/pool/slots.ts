/**
 * How many jobs may run at once. A job that waits for another lends its slot, so that up to as many again run meanwhile;
 * when it goes on, more jobs run for a while than there are slots, and none is started until it fits again.
 */
export class Slots {
  readonly #size: number
  readonly #extra: () => number
  #busy = 0
  #asked = 0
  #lent = 0

  /** `extra`: how many jobs more may be handed to whatever runs them, to wait there. */
  constructor(size: number, extra: () => number = none) {
    this.#size = size
    this.#extra = extra
  }

  /** Jobs that run, those that lend their slot included. */
  get busy(): number {
    return this.#busy
  }

  /** Slots that are lent. */
  get lent(): number {
    return this.#lent
  }

  /** Whether one more job may start. */
  get canStart(): boolean {
    return this.#busy < this.#size + this.#lent + this.#extra()
  }

  /** How many of the extra jobs there is room for. */
  get spare(): number {
    return Math.max(0, this.#extra() - Math.max(0, this.#busy - this.#size - this.#lent))
  }

  /** How many jobs may be asked for besides those asked for already and the `ready` ones. */
  open(ready: number): number {
    return Math.max(0, this.#size + this.#lent - this.#busy - this.#asked - ready)
  }

  /** A job starts. */
  take(): void {
    this.#busy += 1
  }

  /** A job has ended. */
  free(): void {
    this.#busy -= 1
  }

  /** That many jobs are asked for. */
  ask(count: number): void {
    this.#asked += count
  }

  /** The answer to `ask` is here. */
  answered(count: number): void {
    this.#asked -= count
  }

  /** A running job waits: returns false if no more slots can be lent. */
  lend(): boolean {
    if (this.#lent >= this.#size) return false
    this.#lent += 1
    return true
  }

  /** A job that lent its slot goes on, or has ended. */
  takeBack(): void {
    this.#lent -= 1
  }
}

function none(): number {
  return 0
}
