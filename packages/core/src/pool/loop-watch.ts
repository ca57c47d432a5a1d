import type { Clock, Timer } from '../backend/clock.ts'
import type { TaskPolicy } from '../backend/session.ts'
import type { Settlement } from '../backend/settlement.ts'
import type { Logger } from '../logger.ts'
import type { Executor, JobRun, StopReason } from './executor.ts'
import type { JobRunner } from './job-runner.ts'

/** What watching takes. */
export interface LoopWatchOptions {
  readonly runner: JobRunner
  readonly clock: Clock
  readonly logger: Logger
  /** Longest delay that is not reported, in ms. */
  readonly limitMs: number
}

/** How often the event loop is looked at. */
const BEAT_MS = 1_000

/**
 * Runs jobs, and reports when the event loop did not turn for too long, with the tasks that ran meanwhile: jobs whose
 * lease is not renewed run elsewhere as well.
 */
export class LoopWatch implements Executor {
  readonly #options: LoopWatchOptions
  readonly #started = new Set<string>()
  #timer: Timer
  #dueAt = 0

  constructor(options: LoopWatchOptions) {
    this.#options = options
    this.#timer = this.#arm()
  }

  policies(): Readonly<Record<string, TaskPolicy | undefined>> {
    return this.#options.runner.policies()
  }

  start(run: JobRun): number | undefined {
    this.#started.add(run.job.task)
    return this.#options.runner.start(run)
  }

  stop(run: JobRun, reason: StopReason): void {
    this.#options.runner.stop(run, reason)
  }

  abandon(run: JobRun, reason: StopReason): Settlement {
    return this.#options.runner.abandon(run, reason)
  }

  close(): Promise<void> {
    this.#timer.cancel()
    return this.#options.runner.close()
  }

  #arm(): Timer {
    const { clock } = this.#options
    this.#dueAt = clock.now() + BEAT_MS
    return clock.setTimer(() => this.#beat(), BEAT_MS, true)
  }

  #beat(): void {
    const { clock, runner, logger, limitMs } = this.#options
    const lateMs = clock.now() - this.#dueAt
    const running = runner.runningTasks()
    if (lateMs > limitMs) {
      const tasks = [...new Set([...this.#started, ...running])].join(', ')
      logger.warn(`the event loop was blocked for ${Math.round(lateMs)} ms; tasks that ran: ${tasks || 'none'}`)
    }
    this.#started.clear()
    this.#timer = this.#arm()
  }
}
