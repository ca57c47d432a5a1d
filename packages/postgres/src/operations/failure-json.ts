import type { FailureRecord } from '@taskspace/core/backend'
import { columnsOf, payloadOf } from './payload-columns.ts'
import { escapeDeep, unescapeDeep } from './text-escapes.ts'

/** A failure record as it is stored: its strings escaped, its details in columns. */
export type StoredFailure = Omit<FailureRecord, 'details'> & {
  readonly details?: readonly [text: string | null, raw: string | null]
}

/** The JSON of a failure record. */
export function failureJson(failure: FailureRecord): string {
  const { details, ...plain } = failure
  if (details === undefined) return JSON.stringify(escapeDeep(plain))
  const { text, raw } = columnsOf(details)
  return JSON.stringify({ ...(escapeDeep(plain) as object), details: [text, raw?.toString('base64') ?? null] })
}

/** The record that was stored. */
export function failureOf({ details, ...plain }: StoredFailure): FailureRecord {
  const failure = { ...(unescapeDeep(plain) as FailureRecord) }
  return details === undefined ? failure : { ...failure, details: payloadOf(...details) }
}
