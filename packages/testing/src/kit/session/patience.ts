import { DEFAULT_PATIENCE_MS } from '../task-queue-target.ts'

/** How long to wait for what has to happen by itself; made to be long, since a case that passes never waits it out. */
export class Patience {
  readonly #limitMs: number

  constructor(limitMs = DEFAULT_PATIENCE_MS) {
    this.#limitMs = limitMs
  }

  /** The same promise, failing with a sentence about `what` once patience ends. */
  async within<T>(promise: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const tired = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what} did not come within ${this.#limitMs} ms`)), this.#limitMs)
    })
    try {
      return await Promise.race([promise, tired])
    } finally {
      clearTimeout(timer)
    }
  }
}
