/** Consequences of something that happened, too many to count on: done in steps, each step once. */
export interface Work {
  /** Do at most `budget` steps. Returns how many were done; fewer than `budget` means that it is finished. */
  run(budget: number): number
}

/** What is still to be done, oldest first. */
export class WorkList {
  #items: Work[] = []
  #done = 0

  get isEmpty(): boolean {
    return this.#items.length === 0
  }

  add(work: Work): void {
    this.#items.push(work)
  }

  /** Do at most `budget` steps; returns how many are left of it. */
  run(budget: number): number {
    let left = budget
    while (left > 0 && this.#done < this.#items.length) {
      const work = this.#items[this.#done] as Work
      const steps = work.run(left)
      if (steps < left) this.#done += 1
      left -= steps
    }
    this.#forgetDone()
    return left
  }

  #forgetDone(): void {
    if (this.#done === this.#items.length) {
      this.#items = []
      this.#done = 0
    } else if (this.#done > 1024) {
      this.#items = this.#items.slice(this.#done)
      this.#done = 0
    }
  }
}
