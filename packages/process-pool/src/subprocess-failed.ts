import { TaskspaceError } from '@taskspace/core'
import type { Crash, CrashReason } from '@taskspace/core/pool'

/** A process that was to run a function ended before that had; `reason` says of what, as for the crash of a job. */
export class SubprocessFailed extends TaskspaceError {
  override readonly name = 'SubprocessFailed'
  override readonly code = 'SUBPROCESS_FAILED'
  readonly reason: CrashReason
  /** Code that it ended with, if it did so itself. */
  readonly exitCode: number | undefined
  /** Signal that ended it. */
  readonly signal: string | undefined
  /** The last that it wrote to stderr. */
  readonly stderr: string | undefined

  constructor(label: string, { reason, text, code, signal, stderr }: Crash) {
    super(`${label} has ended before the function had (${reason}): ${text}`)
    this.reason = reason
    this.exitCode = code
    this.signal = signal
    this.stderr = stderr
  }
}
