import type { Clock, Timer } from '../backend/clock.ts'
import type { Logger } from '../logger.ts'
import { isAway, isSessionGone } from './away.ts'
import type { Session } from './session.ts'

/** A session is forgotten after 10 minutes of silence. */
const RENEW_MS = 60_000

/** Keeps a session known that holds no jobs. */
export class KeepAlive {
  readonly #session: Session
  readonly #clock: Clock
  readonly #logger: Logger
  #timer: Timer | undefined
  #renewing: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(session: Session, clock: Clock, logger: Logger) {
    this.#session = session
    this.#clock = clock
    this.#logger = logger
  }

  /** Renew once a minute. Idempotent. */
  start(): void {
    if (this.#timer === undefined && !this.#stopped) this.#arm()
  }

  /** Idempotent; resolves when no call is under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#renewing
  }

  #arm(): void {
    const renew = (): void => {
      this.#renewing = this.#renew()
    }
    this.#timer = this.#clock.setTimer(renew, RENEW_MS, true)
  }

  async #renew(): Promise<void> {
    try {
      await this.#session.renew()
    } catch (error) {
      await this.#recover(error)
    }
    if (!this.#stopped) this.#arm()
  }

  async #recover(error: unknown): Promise<void> {
    try {
      if (isSessionGone(error)) await this.#session.restart(error.session)
      else throw error
    } catch (cause) {
      if (!isAway(cause)) this.#logger.error('the session cannot be kept', cause)
    }
  }
}
