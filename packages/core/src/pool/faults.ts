import { pause } from '../client/pause.ts'
import type { Session } from '../client/session.ts'
import type { Logger } from '../logger.ts'

/** Delay before the next call after something failed that should not. */
const FAULT_DELAY_MS = 1_000

/** What a pool does about failures that it does not expect: it reports them, and slows down. */
export class Faults {
  readonly #logger: Logger
  readonly #pool: string
  readonly #session: Session
  #pausing = false

  constructor(logger: Logger, pool: string, session: Session) {
    this.#logger = logger
    this.#pool = pool
    this.#session = session
  }

  /** Whether a pause goes on. */
  get isPausing(): boolean {
    return this.#pausing
  }

  /** Report what failed. */
  report(what: string, error: unknown): void {
    this.#logger.error(`${what} failed in pool '${this.#pool}'`, error)
  }

  /** Report what failed, and pause; calls `goOn` afterwards. */
  pause(what: string, error: unknown, goOn: () => void): void {
    this.report(what, error)
    if (this.#pausing) return
    this.#pausing = true
    void pause(this.#session.clock, FAULT_DELAY_MS, this.#session.closing).then(() => {
      this.#pausing = false
      goOn()
    })
  }
}
