import { DEFAULT_RESULT_TTL_MS, type FailureKind, type FailureRecord } from '@taskspace/core/backend'
import { dropEdges } from './edge-links.ts'
import { noteStamped } from './history.ts'
import { type Job, rareOf } from './job.ts'
import { tellEnd } from './outcomes.ts'
import { letGo } from './ownership.ts'
import { displace } from './placing.ts'
import { release } from './released.ts'
import { dropArguments, dropResult, holdResult, shareResult } from './results.ts'
import { forget, retain } from './retention.ts'
import type { Store } from './store.ts'
import type { Result } from './value.ts'

/** The job ended well. */
export function succeed(store: Store, job: Job, result: Result, ttlMs: number | undefined, now: number): void {
  const keepMs = job.rare?.resultTtlMs ?? ttlMs ?? DEFAULT_RESULT_TTL_MS
  const ignored = job.rare?.ignoreResult === true
  finish(store, job, 'success', now)
  job.resultUntil = now + keepMs
  holdResult(job, result)
  const isNeeded = !ignored && job.rare?.dependents !== undefined
  release(store, job, isNeeded ? shareResult(job) : undefined, ignored)
  tellEnd(job, result)
  dropArguments(store, job)
  if (ignored || keepMs <= 0) dropResult(store, job)
  retain(store, job, now)
  if (ignored) forget(store, job)
}

/** The job ended badly; `kind` is its own, the record may be of another job. */
export function fail(
  store: Store,
  job: Job,
  failure: FailureRecord,
  now: number,
  kind: FailureKind = failure.kind,
): void {
  finish(store, job, 'failed', now)
  endWith(job, failure, kind)
  release(store, job, undefined)
  tellEnd(job, undefined)
  retain(store, job, now)
}

/** The job was ended by somebody. */
export function end(store: Store, job: Job, failure: FailureRecord, now: number): void {
  finish(store, job, 'canceled', now)
  endWith(job, failure, failure.kind)
  release(store, job, undefined)
  tellEnd(job, undefined)
  dropArguments(store, job)
  retain(store, job, now)
}

function endWith(job: Job, failure: FailureRecord, kind: FailureKind): void {
  const rare = rareOf(job)
  rare.failure = failure
  rare.kind = kind
}

function finish(store: Store, job: Job, state: 'success' | 'failed' | 'canceled', now: number): void {
  const by = job.owner?.id
  displace(store, job)
  letGo(store, job)
  dropEdges(job)
  store.setState(job, state)
  job.endedAt = now
  if (job.rare !== undefined) job.rare.followers = undefined
  noteStamped(job, state, now, by)
}
