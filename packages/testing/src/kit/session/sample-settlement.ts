import type {
  AppendEntry,
  CrashSettlement,
  FailureRecord,
  FailureSettlement,
  ForwardSettlement,
  HeldJob,
  Payload,
  RetrySettlement,
  ReturnSettlement,
  SuccessSettlement,
  UnknownTaskSettlement,
} from '@taskspace/core/backend'

/** The result of sample jobs for which no other is given. */
export const SAMPLE_VALUE = '"done"'

/** A failure as a pool would write it: an exception in the sample job, with parts replaced. */
export function failureOf(held: HeldJob, more: Partial<FailureRecord> = {}): FailureRecord {
  return {
    kind: 'exception',
    code: 'TASK_FAILED',
    task: 'work',
    queue: 'default',
    id: held.id,
    text: `Error: ${held.id} broke`,
    group: 'work:Error',
    token: held.token,
    ...more,
  }
}

/** The job ended well. */
export function success(held: HeldJob, value: Payload = SAMPLE_VALUE, resultTtlMs?: number): SuccessSettlement {
  const settlement = { kind: 'success', id: held.id, token: held.token, value } as const
  return resultTtlMs === undefined ? settlement : { ...settlement, resultTtlMs }
}

/** The job ended badly. */
export function failure(held: HeldJob, more?: Partial<FailureRecord>): FailureSettlement {
  return { kind: 'failure', id: held.id, token: held.token, failure: failureOf(held, more) }
}

/** The job is to run again. */
export function retry(held: HeldJob, delayMs = 0): RetrySettlement {
  return { kind: 'retry', id: held.id, token: held.token, delayMs, failure: failureOf(held) }
}

/** The job's outcome is to be that of `to`. */
export function forward(held: HeldJob, to: string): ForwardSettlement {
  return { kind: 'forward', id: held.id, token: held.token, to }
}

/** The job is given back. */
export function giveBack(held: HeldJob, delayMs?: number): ReturnSettlement {
  const settlement = { kind: 'return', id: held.id, token: held.token } as const
  return delayMs === undefined ? settlement : { ...settlement, delayMs }
}

/** The job took its worker down. */
export function crash(held: HeldJob): CrashSettlement {
  const text = 'lost: its worker exited with code 1'
  return {
    kind: 'crash',
    id: held.id,
    token: held.token,
    failure: failureOf(held, { text, kind: 'lost', group: 'lost' }),
  }
}

/** The pool does not have the task. */
export function unknownTask(held: HeldJob): UnknownTaskSettlement {
  const record = failureOf(held, { kind: 'no-such-task', text: 'no such task', group: 'no-such-task' })
  return { kind: 'unknown-task', id: held.id, token: held.token, failure: record }
}

/** News of a running job. */
export function news(held: HeldJob, more: Omit<AppendEntry, 'id' | 'token'>): AppendEntry {
  return { id: held.id, token: held.token, ...more }
}
