import type { Clock, Timer } from '../backend/clock.ts'
import type { SessionSpec } from '../backend/session.ts'
import { isAway, isSessionGone } from '../client/away.ts'
import { reconnectDelayMs } from '../client/pause.ts'
import type { Session } from '../client/session.ts'
import { onTickEnd } from '../client/tick.ts'

/** What announcing takes. */
export interface AnnouncementOptions {
  readonly session: Pick<Session, 'revise'>
  readonly clock: Clock
  /** The tasks that the pool can run now. */
  readonly tasks: () => NonNullable<SessionSpec['tasks']>
  /** Something else went wrong than that the backend is away. */
  readonly failed: (error: unknown) => void
}

/** Lets the backend know which tasks a pool can run, when they have changed; again and again while it is away. */
export class Announcement {
  readonly #options: AnnouncementOptions
  #isAsked = false
  #isOver = false
  #failures = 0
  #retry: Timer | undefined

  constructor(options: AnnouncementOptions) {
    this.#options = options
  }

  /** The tasks have changed. Changes of one tick are told together. */
  changed(): void {
    if (this.#isAsked || this.#isOver) return
    this.#isAsked = true
    onTickEnd(() => {
      this.#isAsked = false
      void this.#announce()
    })
  }

  /** Announce no more. */
  stop(): void {
    this.#isOver = true
    this.#retry?.cancel()
  }

  async #announce(): Promise<void> {
    if (this.#isOver) return
    this.#retry?.cancel()
    const { session, clock, tasks, failed } = this.#options
    try {
      await session.revise({ tasks: tasks() })
      this.#failures = 0
    } catch (error) {
      // A session that starts anew says at once what it can run.
      if (this.#isOver || isSessionGone(error)) return
      if (!isAway(error)) failed(error)
      this.#failures += 1
      this.#retry = clock.setTimer(() => this.changed(), reconnectDelayMs(this.#failures), true)
    }
  }
}
