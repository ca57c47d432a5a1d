/** A task that keeps the thread no longer than this is brief, in ms. */
const BRIEF_MS = 0.5

/** Share of the longest time that is forgotten with each run. */
const DECAY = 1 / 16

/** How long tasks keep their thread to themselves, by what they did before. */
export class Blocking {
  readonly #longest = new Map<string, number>()

  /** A task kept the thread for so long before it ended, or waited for something. */
  held(task: string, ms: number): void {
    const before = this.#longest.get(task) ?? ms
    this.#longest.set(task, Math.max(ms, before + (ms - before) * DECAY))
  }

  /** Whether it can be taken to let others go on at once; not if nothing is known of it. */
  isBrief(task: string): boolean {
    return (this.#longest.get(task) ?? Number.POSITIVE_INFINITY) <= BRIEF_MS
  }
}
