import type { SettleAnswer, Settlement } from '@taskspace/core/backend'
import type { StoredClaim } from './claim.ts'
import { failureJson } from './failure-json.ts'
import type { StoredNews } from './news.ts'
import { column, columnsOf, NO_PAYLOAD } from './payload-columns.ts'
import type { StoredMark } from './ready-marks.ts'
import { escapeText } from './text-escapes.ts'

const KINDS = [
  'success',
  'failure',
  'retry',
  'forward',
  'return',
  'crash',
  'unknown-task',
] as const satisfies readonly Settlement['kind'][]

/** Parameters of `settle_v1` for these settlements, after those of the call. */
export function settleValues(settlements: readonly Settlement[]): readonly unknown[] {
  const payloads = settlements.map((each) => (each.kind === 'success' ? columnsOf(each.value) : NO_PAYLOAD))
  return [
    settlements.map((each) => escapeText(each.id)),
    settlements.map((each) => each.token),
    settlements.map((each) => KINDS.indexOf(each.kind)),
    column(payloads.map(({ text }) => text)),
    column(payloads.map(({ raw }) => raw)),
    column(settlements.map(numberOf)),
    column(settlements.map(recordOf)),
  ]
}

/** What `settle_v1` answers; no answers: all are ok. */
export interface StoredSettleReply {
  readonly answers: readonly SettleAnswer[] | null
  readonly claim: StoredClaim | null
  readonly marks: readonly StoredMark[]
  readonly news: readonly StoredNews[]
}

/** What was answered for each settlement. */
export function settleAnswers(
  settlements: readonly Settlement[],
  answers: readonly SettleAnswer[] | null,
): readonly SettleAnswer[] {
  return answers ?? settlements.map(() => 'ok')
}

/** A result's life, or a delay. */
function numberOf(settlement: Settlement): number | null {
  if (settlement.kind === 'success') return settlement.resultTtlMs ?? null
  if (settlement.kind === 'retry' || settlement.kind === 'return') return settlement.delayMs ?? null
  return null
}

/** A failure, or where it forwards to. */
function recordOf(settlement: Settlement): string | null {
  if ('failure' in settlement) return failureJson(settlement.failure)
  return settlement.kind === 'forward' ? JSON.stringify({ to: escapeText(settlement.to) }) : null
}
