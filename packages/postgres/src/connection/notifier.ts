import type { Signal } from './postgres-link.ts'
import type { Notification } from './signal-text.ts'

/** At most one round of notifications in this time: each takes a lock of the whole server when it commits. */
const QUIET_MS = 5

/** The same after one that went with a call about one job: its caller may wait for that before the next. */
const LONE_QUIET_MS = 2

/** What a notifier works with. */
export interface NotifierOptions {
  /** As few notifications as will do. */
  readonly combine: (signals: Iterable<Signal>) => readonly Notification[]
  /** Send them in one statement. */
  readonly send: (notifications: readonly Notification[]) => Promise<unknown>
}

/** Gathers signals and sends them: the first at once, those that follow closely together. */
export class Notifier {
  readonly #options: NotifierOptions
  readonly #queues = new Set<string>()
  #sessions: Signal[] = []
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> | undefined
  #closed = false

  constructor(options: NotifierOptions) {
    this.#options = options
  }

  /** Send these soon. */
  add(signals: readonly Signal[]): void {
    if (this.#closed) return
    for (const signal of signals) {
      if ('queue' in signal) this.#queues.add(signal.queue)
      else this.#sessions.push(signal)
    }
    if (this.#timer === undefined && this.#sending === undefined) this.#flush()
  }

  /**
   * Whether a call may send one notification with what it commits, since none was sent lately or is to be sent. Then signals
   * wait for a while, as after any other.
   */
  takeTurn(): boolean {
    if (this.#closed || this.#timer !== undefined || this.#sending !== undefined) return false
    this.#timer = setTimeout(() => this.#flush(), LONE_QUIET_MS)
    return true
  }

  /** Send no more; resolves when what was under way has ended. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#sending
  }

  #flush(): void {
    this.#timer = undefined
    if (this.#closed || (this.#queues.size === 0 && this.#sessions.length === 0)) return
    const queues = [...this.#queues].map((queue): Signal => ({ queue }))
    const notifications = this.#options.combine([...queues, ...this.#sessions])
    this.#queues.clear()
    this.#sessions = []
    this.#sending = this.#send(notifications)
  }

  async #send(notifications: readonly Notification[]): Promise<void> {
    try {
      await this.#options.send(notifications)
    } catch {
      // Signals are hints: whoever missed them looks by itself within a second.
    }
    this.#sending = undefined
    if (!this.#closed) this.#timer = setTimeout(() => this.#flush(), QUIET_MS)
  }
}
