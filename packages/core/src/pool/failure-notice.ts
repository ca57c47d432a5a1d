import type { Settlement } from '../backend/settlement.ts'
import { failureFromRecord } from '../errors/task-failure.ts'
import type { Logger } from '../logger.ts'
import type { JobMessage } from './executor.ts'
import type { ExceptionHandler } from './pool-options.ts'

/**
 * Tells what a pool's jobs fail of (PT-14): an expected failure is logged as information; any other as a warning, and the
 * pool's `onException` is called.
 */
export class FailureNotice {
  readonly #logger: Logger
  readonly #onException: ExceptionHandler | undefined
  readonly #unknownTasks = new Set<string>()

  constructor(logger: Logger, onException: ExceptionHandler | undefined) {
    this.#logger = logger
    this.#onException = onException
  }

  /** A job came to this; `error` is what it threw, if that is at hand. */
  tell({ job }: JobMessage, settlement: Settlement, error: unknown): void {
    if (settlement.kind === 'unknown-task') {
      this.#tellUnknown(job.task, settlement.failure.text)
      return
    }
    if (settlement.kind !== 'failure' && settlement.kind !== 'retry' && settlement.kind !== 'crash') return
    const { failure } = settlement
    // Handed on from another job, which told it.
    if (failure.id !== job.id) return

    const retried = settlement.kind === 'retry'
    const line = `${job.task} [${job.queue}:${job.id}] ${failure.text}${retried ? ' (it will run again)' : ''}`
    if (failure.kind === 'error' || failure.kind === 'retries-exhausted') {
      this.#logger.info(line)
      return
    }
    this.#logger.warn(line, framesOf(failure.stack))
    if (this.#onException === undefined) return
    const about = { id: job.id, name: job.task, queue: job.queue, attempt: job.attempt, retried }
    void this.#call(this.#onException, error ?? failureFromRecord(failure), about)
  }

  // Once for each task: while a newer version of a program starts elsewhere, its jobs may pass here every second.
  #tellUnknown(task: string, text: string): void {
    if (this.#unknownTasks.has(task) || this.#unknownTasks.size >= MAX_UNKNOWN_TASKS) return
    this.#unknownTasks.add(task)
    this.#logger.warn(`${task}: ${text}`)
  }

  async #call(handler: ExceptionHandler, ...args: Parameters<ExceptionHandler>): Promise<void> {
    try {
      await handler(...args)
    } catch (problem) {
      this.#logger.error('onException failed', problem)
    }
  }
}

const MAX_UNKNOWN_TASKS = 100

/** The frames of a stack: the text above them is in the line already. */
function framesOf(stack: string | undefined): string | undefined {
  const at = stack?.indexOf('\n    at ') ?? -1
  return at < 0 ? undefined : stack?.slice(at)
}
