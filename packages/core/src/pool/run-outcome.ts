import { DEFAULT_RESULT_TTL_MS } from '../backend/limits.ts'
import type { Payload } from '../backend/payload.ts'
import type { RetrySettlement, Settlement } from '../backend/settlement.ts'
import type { Codec } from '../codec/codec.ts'
import type { FailureKind, FailureRecord } from '../errors/failure-record.ts'
import type { TaskError } from '../errors/task-error.ts'
import { isTaskspaceError } from '../errors/taskspace-error.ts'
import { property } from '../property.ts'
import { backoffMs } from '../tasks/backoff.ts'
import { expectedRecord, failureRecord, thrownRecord } from './failure-record-of.ts'
import type { JobContext } from './job-context.ts'
import { isVerbOf, type VerbRequest } from './job-verb.ts'
import { JobTimedOut, timeoutText } from './stop-reasons.ts'
import { boundedText, describeThrown } from './thrown-value.ts'

/** The job ended well. */
export function succeeded(context: JobContext, value: Payload): Settlement {
  const { id, token } = context.run.job
  const { resultTtlMs } = context.task
  if (resultTtlMs === DEFAULT_RESULT_TTL_MS) return { kind: 'success', id, token, value }
  return { kind: 'success', id, token, value, resultTtlMs }
}

/**
 * The task has completed the job in a transaction of its own and then ended well: its job has succeeded with the commit.
 * This counts where there was none.
 */
export function uncommitted(context: JobContext, codec: Codec): Settlement {
  const text = 'the transaction in which the job was completed was not committed'
  return retriedOrFailed(context, failureRecord(context.run.job, { kind: 'exception', text }, codec), undefined)
}

/** The job goes back as if it had not been claimed. */
function givenBack(context: JobContext): Settlement {
  const { id, token } = context.run.job
  return { kind: 'return', id, token }
}

/** The job ends with this failure, whatever retries it has left. */
export function failed(context: JobContext, failure: FailureRecord): Settlement {
  const { id, token } = context.run.job
  return { kind: 'failure', id, token, failure }
}

/** Input or output that cannot be used, which another attempt would not mend. */
export function refused(context: JobContext, kind: FailureKind, error: unknown, codec: Codec): Settlement {
  return failed(context, thrownRecord(context.run.job, kind, error, codec))
}

/** The job ran longer than it may. */
export function timedOut(context: JobContext, codec: Codec): Settlement {
  const timeoutMs = context.policy.timeoutMs ?? 0
  const failure = failureRecord(context.run.job, { kind: 'timeout', text: timeoutText(timeoutMs) }, codec)
  return retriedOrFailed(context, failure, new JobTimedOut(timeoutMs))
}

/**
 * The task threw. Once it was told to stop, that is taken for its answer to it: out of time it fails as such, else it
 * goes back (a canceled one ends as canceled with that).
 */
export function threw(context: JobContext, thrown: unknown, codec: Codec): Settlement {
  const stopped = context.stopReason?.kind
  if (stopped === 'timeout') return timedOut(context, codec)
  if (stopped !== undefined) return givenBack(context)
  try {
    return classified(context, thrown, codec)
  } catch (problem) {
    // A getter or proxy trap of what was thrown threw itself.
    return refused(context, 'exception', problem, codec)
  }
}

function classified(context: JobContext, thrown: unknown, codec: Codec): Settlement {
  const { job } = context.run
  if (isVerbOf(job.token, thrown)) return carriedOut(context, thrown.request, codec)
  if (isTaskspaceError(thrown, 'TASK_ERROR')) return failed(context, expectedRecord(job, thrown as TaskError, codec))

  const failure = thrownRecord(job, 'exception', thrown, codec)
  const final = typeof thrown === 'object' && thrown !== null && property(thrown, 'retryable') === false
  return final ? failed(context, failure) : retriedOrFailed(context, failure, thrown)
}

function carriedOut(context: JobContext, request: VerbRequest, codec: Codec): Settlement {
  const { job } = context.run
  if (request.kind === 'fail') {
    const { reason: text, group, details } = request
    return failed(context, failureRecord(job, { kind: 'error', text, group, details }, codec))
  }
  const { reason, delayMs } = request
  if (job.failures >= context.policy.retries) {
    const text = reason ?? `Job exhausted retries in queue "${job.queue}"`
    return failed(context, failureRecord(job, { kind: 'retries-exhausted', text }, codec))
  }
  const failure = failureRecord(job, { kind: 'error', text: reason ?? 'retry asked for by the task' }, codec)
  return delayMs === undefined ? retriedOrFailed(context, failure, undefined) : retried(context, failure, delayMs)
}

function retriedOrFailed(context: JobContext, failure: FailureRecord, error: unknown): Settlement {
  const { job } = context.run
  const { retries, backoff } = context.policy
  if (job.failures >= retries) return failed(context, failure)
  try {
    return retried(context, failure, backoffMs(backoff, job.failures + 1, error, Math.random))
  } catch (problem) {
    const text = boundedText(
      `${failure.text.slice(0, 4000)} (no retry, its backoff failed: ${describeThrown(problem).text})`,
    )
    return failed(context, { ...failure, text })
  }
}

function retried(context: JobContext, failure: FailureRecord, delayMs: number): RetrySettlement {
  const { id, token } = context.run.job
  return { kind: 'retry', id, token, delayMs, failure }
}
