import type { JournalPage } from '@taskspace/core/backend'
import { unescapeText } from './text-escapes.ts'

/** A part of a journal as the store answers it. */
export interface StoredJournal {
  readonly series: number
  readonly last: number
  readonly lines: readonly (readonly [number: number, text: string])[]
}

/** The part of a journal that the store answered. */
export function journalPage({ series, last, lines }: StoredJournal): JournalPage {
  return { series, last, lines: lines.map(([number, text]) => ({ number, text: unescapeText(text) })) }
}
