import type { Clock, Timer } from '../backend/clock.ts'
import type { SweepReply, TaskQueue } from '../backend/task-queue.ts'
import type { Logger } from '../logger.ts'
import { isAway } from './away.ts'
import { reconnectDelayMs } from './pause.ts'
import { onTickEnd } from './tick.ts'

/** Sweep at least this often: a hint may have been lost. */
const IDLE_MS = 15_000

/** Least time between two sweeps where the first one left to another process what was due. */
const LEFT_TO_OTHERS_MS = 50

/** How often the backend's clock is compared with ours. */
const COMPARE_MS = 5 * 60_000

/** A sweep this far off may come a little late, so that not every process comes at once. */
const SPREAD_FROM_MS = 1_000
const SPREAD_MS = 50

/** What a sweeper needs. */
export interface SweeperOptions {
  readonly queue: TaskQueue
  readonly clock: Clock
  readonly logger: Logger
  /** Whether several processes may sweep one store by the same times: sweeps then come at slightly different ones. */
  readonly spread: boolean
}

/**
 * Lets things happen when they are due: sweeps the backend when the last sweep said so, when somebody hears of something
 * earlier, and every 15 s. Times are the backend's; its background timer does not keep the process alive.
 */
export class Sweeper {
  readonly #options: SweeperOptions
  #state: 'new' | 'idle' | 'sweeping' | 'stopped' = 'new'
  #timer: Timer | undefined
  #timerAt = Number.POSITIVE_INFINITY
  /** When to sweep next, by our clock. */
  #next = Number.POSITIVE_INFINITY
  #aheadMs = 0
  #comparedAt = Number.NEGATIVE_INFINITY
  #failures = 0
  #running: Promise<void> = Promise.resolve()

  constructor(options: SweeperOptions) {
    this.#options = options
  }

  /** Sweep now, and go on. Idempotent. */
  start(): void {
    if (this.#state === 'new') this.#sweepNow()
  }

  /** Something is due at this time of the backend's clock. */
  due(at: number): void {
    this.#next = Math.min(this.#next, at - this.#aheadMs)
    if (this.#state === 'idle') this.#arm()
  }

  /** Something is due this long from now. */
  dueIn(ms: number): void {
    this.due(this.#options.clock.now() + this.#aheadMs + ms)
  }

  /** Something may have become due unheard. */
  wake(): void {
    this.due(Number.NEGATIVE_INFINITY)
  }

  /** Stop; resolves when no sweep is under way. Idempotent. */
  async stop(): Promise<void> {
    this.#state = 'stopped'
    this.#timer?.cancel()
    await this.#running
  }

  #sweepNow(): void {
    this.#state = 'sweeping'
    this.#timer?.cancel()
    this.#timerAt = Number.POSITIVE_INFINITY
    this.#next = Number.POSITIVE_INFINITY
    this.#running = this.#sweep()
  }

  async #sweep(): Promise<void> {
    const at = await this.#sweepOnce()
    if (this.#state === 'stopped') return
    this.#state = 'idle'
    this.#next = Math.min(this.#next, at)
    this.#arm()
  }

  /** Returns when to come again, by our clock. */
  async #sweepOnce(): Promise<number> {
    const { clock, logger } = this.#options
    try {
      await this.#compareClocks()
      const reply = await this.#sweepAll()
      this.#failures = 0
      return this.#after(reply)
    } catch (error) {
      this.#failures += 1
      if (isAway(error)) return clock.now() + reconnectDelayMs(this.#failures)
      logger.error('sweep failed', error)
      return clock.now() + IDLE_MS
    }
  }

  async #compareClocks(): Promise<void> {
    const { clock, queue } = this.#options
    if (clock.now() - this.#comparedAt < COMPARE_MS) return
    const theirs = await queue.now()
    this.#comparedAt = clock.now()
    this.#aheadMs = theirs - this.#comparedAt
  }

  async #sweepAll(): Promise<SweepReply> {
    for (;;) {
      const reply = await this.#options.queue.sweep()
      if (!reply.more || this.#state === 'stopped') return reply
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #after({ next }: SweepReply): number {
    const now = this.#options.clock.now()
    if (next === undefined) return now + IDLE_MS
    const at = next - this.#aheadMs
    return at <= now ? now + LEFT_TO_OTHERS_MS : at
  }

  #arm(): void {
    const { clock, spread } = this.#options
    const now = clock.now()
    const at = Math.min(this.#next, now + IDLE_MS)
    if (at >= this.#timerAt) return
    this.#timer?.cancel()
    this.#timerAt = at
    // Not at once: whoever gave the hint may be in the middle of something.
    if (at <= now) return onTickEnd(() => this.#state === 'idle' && this.#sweepNow())
    const delayMs = at - now
    const lateMs = spread && delayMs >= SPREAD_FROM_MS ? Math.random() * SPREAD_MS : 0
    this.#timer = clock.setTimer(() => this.#sweepNow(), delayMs + lateMs, true)
  }
}
