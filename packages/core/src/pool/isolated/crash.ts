import type { CrashSettlement } from '../../backend/settlement.ts'
import type { Codec } from '../../codec/codec.ts'
import type { JobRun } from '../executor.ts'
import { failureRecord } from '../failure-record-of.ts'
import type { SentError } from './messages.ts'
import type { WorkerExit } from './worker-link.ts'

/**
 * Why a worker ended before its time, or never began. `exit-code`: its code called `process.exit` · `signal`: it was killed,
 * or its native code failed · `out-of-memory`: its heap was full · `unhandled-rejection`, `uncaught-exception`: a fault
 * that no job caught · `start-timeout`: it did not load in time · `load-failed`: its module threw or has no tasks ·
 * `channel-closed`: it could not be spoken to · `spawn-failed`: the system gave none · `ended`: a job beside this one did not
 * stop
 */
export type CrashReason =
  | WorkerExit['kind']
  | 'unhandled-rejection'
  | 'uncaught-exception'
  | 'start-timeout'
  | 'load-failed'
  | 'ended'

/** What a worker died of. */
export interface Crash {
  readonly reason: CrashReason
  /** For people: `exit code 3`. */
  readonly text: string
  readonly code?: number
  readonly signal?: string
  /** The last that it wrote to stderr. */
  readonly stderr?: string
  /** What its module threw when it was loaded. */
  readonly error?: Error
}

/** What the end of a worker means. */
export function crashOf(exit: WorkerExit): Crash {
  const stderr = exit.stderr === undefined || exit.stderr === '' ? {} : { stderr: exit.stderr }
  switch (exit.kind) {
    case 'exit-code':
      return { reason: exit.kind, text: `exit code ${exit.code}`, code: exit.code, ...stderr }
    case 'signal':
      return { reason: exit.kind, text: `signal ${exit.signal}`, signal: exit.signal, ...stderr }
    case 'out-of-memory':
      return { reason: exit.kind, text: 'its heap was full', ...stderr }
    case 'channel-closed':
    case 'spawn-failed':
      return { reason: exit.kind, text: exit.detail, ...stderr }
  }
}

/** What a fault that no job caught means. */
export function crashOfFault(reason: 'unhandled-rejection' | 'uncaught-exception', error: SentError): Crash {
  const what = reason === 'unhandled-rejection' ? 'unhandled rejection' : 'uncaught exception'
  return { reason, text: `${what}: ${error.name}: ${error.message}` }
}

/** The job died with its worker. The reason is in the failure's `details`, and in its group: `crash:exit-code`. */
export function crashSettlement({ job }: JobRun, crash: Crash, label: string, codec: Codec): CrashSettlement {
  const { reason, text, code, signal, stderr } = crash
  const failure = failureRecord(
    job,
    {
      kind: 'lost',
      text: `worker crashed (${reason}): ${text} [${label}]`,
      group: `crash:${reason}`,
      details: {
        reason,
        ...(code !== undefined && { code }),
        ...(signal !== undefined && { signal }),
        ...(stderr !== undefined && { stderr }),
      },
    },
    codec,
  )
  return { kind: 'crash', id: job.id, token: job.token, failure }
}
