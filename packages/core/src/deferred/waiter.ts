import type { JobEntry } from './job-entry.ts'

/** What somebody waits for: that the job is stored, its result, or its end in whatever way. */
export type Wanted = 'stored' | 'result' | 'end'

type Settle = (value: unknown) => void

let keptResolve: Settle
let keptReject: Settle

// One function for all promises, since one for each would cost as much as the rest of a waiter.
function keepSettlers(resolve: Settle, reject: Settle): void {
  keptResolve = resolve
  keptReject = reject
}

/** One promise about a job, and what is to be undone when it settles. A link of the list that the job's entry keeps. */
export class Waiter {
  readonly wanted: Wanted
  readonly promise: Promise<unknown>
  next: Waiter | undefined
  previous: Waiter | undefined
  readonly #resolve: (value: unknown) => void
  readonly #reject: (error: unknown) => void
  #cleanUp: (() => void) | undefined
  #settled = false

  constructor(wanted: Wanted) {
    this.wanted = wanted
    this.promise = new Promise(keepSettlers)
    this.#resolve = keptResolve
    this.#reject = keptReject
  }

  /** Whether the promise has its answer. */
  get isSettled(): boolean {
    return this.#settled
  }

  /** Call `cleanUp` when it settles, such as to stop a timer. */
  onSettled(cleanUp: () => void): void {
    this.#cleanUp = cleanUp
  }

  /** The entry has what was waited for. */
  fulfil(entry: JobEntry): void {
    this.#end()
    if (this.wanted === 'stored') this.#resolve(entry)
    else if (this.wanted === 'end') this.#resolve(true)
    else if (entry.phase === 'value') this.#resolve(entry.held)
    else this.#reject(entry.held)
  }

  /** Settle otherwise: the time is up. */
  resolve(value: unknown): void {
    this.#end()
    this.#resolve(value)
  }

  /** It will not come. */
  reject(error: unknown): void {
    this.#end()
    this.#reject(error)
  }

  #end(): void {
    this.#settled = true
    this.#cleanUp?.()
  }
}
