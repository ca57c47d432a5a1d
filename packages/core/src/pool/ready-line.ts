import type { HeldRun } from './held-run.ts'

/** Places of jobs that have left, after which their line is cut short. */
const CUT_AFTER = 256

/** Jobs that were claimed and wait for a slot, first come first served. */
export class ReadyLine {
  #runs: HeldRun[] = []
  #head = 0

  /** How many there are, those given up meanwhile included. */
  get length(): number {
    return this.#runs.length - this.#head
  }

  push(run: HeldRun): void {
    this.#runs.push(run)
  }

  /** The first that is still to run. */
  shift(): HeldRun | undefined {
    for (;;) {
      const run = this.#runs[this.#head]
      if (run === undefined) break
      this.#head += 1
      if (this.#head === CUT_AFTER) this.#cut()
      if (run.phase === 'ready') return run
    }
    this.#runs = []
    this.#head = 0
    return undefined
  }

  /** Take out those that `unwanted` says, in their order. */
  remove(unwanted: (run: HeldRun) => boolean): readonly HeldRun[] {
    const waiting = this.#runs.slice(this.#head).filter((run) => run.phase === 'ready')
    this.#head = 0
    this.#runs = waiting.filter((run) => !unwanted(run))
    return waiting.filter(unwanted)
  }

  /** Under load there is always one that waits: else the line would hold all that ever stood in it. */
  #cut(): void {
    this.#runs = this.#runs.slice(this.#head)
    this.#head = 0
  }
}
