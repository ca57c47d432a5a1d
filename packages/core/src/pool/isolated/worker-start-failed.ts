import { TaskspaceError } from '../../errors/taskspace-error.ts'
import type { Crash, CrashReason } from './crash.ts'

/** A pool cannot start, because its workers cannot: `reason` says what became of the first one. */
export class WorkerStartFailed extends TaskspaceError {
  override readonly name = 'WorkerStartFailed'
  override readonly code = 'WORKER_START_FAILED'
  readonly reason: CrashReason

  constructor({ reason, text, error }: Crash) {
    super(`a worker did not start (${reason}): ${text}`, error === undefined ? undefined : { cause: error })
    this.reason = reason
  }
}
