import type { FailureKind, HistoryEvent, JobRecord, StoredRunOptions } from '@taskspace/core/backend'
import { stateAt } from './control.ts'
import { failureOf, type StoredFailure } from './failure-json.ts'
import { payloadOf } from './payload-columns.ts'
import { unescapeText } from './text-escapes.ts'

type StoredPayload = readonly [text: string | null, raw: string | null]

/** A record as the store answers it: null for what is not there. */
export interface StoredRecord {
  readonly id: string
  readonly task: string
  readonly queue: string
  readonly state: number
  readonly priority: number
  readonly series: number
  readonly attempt: number
  readonly failures: number
  readonly crashes: number
  readonly input: StoredPayload
  readonly run: StoredRunOptions | null
  readonly maxCrashes: number | null
  readonly resultTtlMs: number | string | null
  readonly ignoreResult: boolean
  readonly tags: readonly string[] | null
  readonly meta: string | null
  readonly parent: string | null
  readonly createdAt: number
  readonly runAt: number | null
  readonly claimedAt: number | null
  readonly endedAt: number | null
  readonly session: string | null
  readonly token: number | null
  readonly canceling: string | null
  readonly unmet: readonly (readonly [kind: number, on: string, onError: number])[] | null
  readonly dependents: readonly string[] | null
  readonly dependentCount: number
  readonly forwardedTo: string | null
  readonly progress: number | null
  readonly output: StoredPayload | null
  readonly kind: FailureKind | null
  readonly failure: StoredFailure | null
  readonly resultUntil: string | null
  readonly history: readonly (readonly [what: HistoryEvent, at: number, session?: string | null])[]
}

const EDGE_KINDS = ['value', 'order'] as const
const ON_ERRORS = ['fail', 'pass', 'wait'] as const

/** The record that the store answered. */
export function recordOf(stored: StoredRecord): JobRecord {
  const { priority, series, attempt, failures, crashes, ignoreResult, createdAt, dependentCount } = stored
  return {
    ...{ id: unescapeText(stored.id), task: unescapeText(stored.task), queue: unescapeText(stored.queue) },
    ...{ state: stateAt(stored.state), priority, series, attempt, failures, crashes },
    ...{ input: payloadOf(...stored.input), ignoreResult, createdAt, dependentCount },
    tags: (stored.tags ?? []).map(unescapeText),
    unmet: (stored.unmet ?? []).map(([kind, on, onError]) => ({
      kind: EDGE_KINDS[kind] ?? 'order',
      on: unescapeText(on),
      onError: ON_ERRORS[onError] ?? 'fail',
    })),
    dependents: (stored.dependents ?? []).map(unescapeText),
    history: stored.history.map(([what, at, session]) =>
      session == null ? { what, at } : { what, at, session: unescapeText(session) },
    ),
    ...givenFields(stored),
    ...lifeFields(stored),
  }
}

/** What whoever enqueued it may have given. */
function givenFields({ run, maxCrashes, resultTtlMs, meta, parent, runAt }: StoredRecord): Partial<JobRecord> {
  return {
    ...(run !== null && { run }),
    ...(maxCrashes !== null && { maxCrashes }),
    ...(resultTtlMs !== null && { resultTtlMs: Number(resultTtlMs) }),
    ...(meta !== null && { meta: unescapeText(meta) }),
    ...(parent !== null && { parent: unescapeText(parent) }),
    ...(runAt !== null && { runAt }),
  }
}

/** What may have come of it. */
function lifeFields(stored: StoredRecord): Partial<JobRecord> {
  const { claimedAt, endedAt, session, token, canceling, forwardedTo, progress, output, kind, failure } = stored
  return {
    ...(claimedAt !== null && { claimedAt }),
    ...(endedAt !== null && { endedAt }),
    ...(session !== null && { session: unescapeText(session) }),
    ...(token !== null && { token }),
    ...(canceling !== null && { canceling: unescapeText(canceling) }),
    ...(forwardedTo !== null && { forwardedTo: unescapeText(forwardedTo) }),
    ...(progress !== null && { progress }),
    ...(output !== null && { output: payloadOf(...output) }),
    ...(kind !== null && { kind }),
    ...(failure !== null && { failure: failureOf(failure) }),
    ...(stored.resultUntil !== null && { resultUntil: Number(stored.resultUntil) }),
  }
}
