import { exceeds, type JobOutcome, type Payload, PUSHED_VALUE_BYTES, payloadSize } from '@taskspace/core/backend'
import { failureJson, failureOf, type StoredFailure } from './failure-json.ts'
import { columnsOf, payloadOf } from './payload-columns.ts'
import { escapeText, unescapeText } from './text-escapes.ts'

/** How a job ended, as the store and other processes tell it. Ids are escaped. */
export type StoredOutcome =
  | readonly [state: 'gone' | 'ignored', id: string]
  | readonly [state: 'failed' | 'canceled', id: string, failure: StoredFailure]
  | readonly [state: 'success', id: string, text: string | null, raw: string | null]
  | readonly [state: 'large', id: string, owner: string, series: number, size: number]

/** The outcome that was told. */
export function outcomeOf(stored: StoredOutcome): JobOutcome {
  const id = unescapeText(stored[1])
  switch (stored[0]) {
    case 'gone':
    case 'ignored':
      return { id, state: stored[0] }
    case 'failed':
    case 'canceled':
      return { id, state: stored[0], failure: failureOf(stored[2]) }
    case 'success':
      return { id, state: 'success', value: payloadOf(stored[2], stored[3]) }
    case 'large':
      return { id, state: 'success', large: { id: unescapeText(stored[2]), series: stored[3] }, size: stored[4] }
  }
}

/** An outcome for other processes. */
export function storedOutcome(outcome: JobOutcome): StoredOutcome {
  const id = escapeText(outcome.id)
  if (outcome.state === 'failed' || outcome.state === 'canceled') {
    return [outcome.state, id, JSON.parse(failureJson(outcome.failure))]
  }
  if (outcome.state !== 'success') return [outcome.state, id]
  if ('large' in outcome) return ['large', id, escapeText(outcome.large.id), outcome.large.series, outcome.size]
  const { text, raw } = columnsOf(outcome.value)
  return ['success', id, text, raw?.toString('base64') ?? null]
}

/** The outcome of a job that succeeded with this value just now; one that is not kept cannot be read later. */
export function successOf(id: string, series: number, value: Payload, isKept: boolean): JobOutcome {
  if (!isKept || !exceeds(value, PUSHED_VALUE_BYTES)) return { id, state: 'success', value }
  return { id, state: 'success', large: { id, series }, size: payloadSize(value) }
}
