import { type JournalLine, type JournalPage, MAX_JOURNAL_LINES } from '@taskspace/core/backend'

/** What a job wrote while it ran: the newest lines. */
export class Journal {
  readonly #lines: JournalLine[] = []
  #last = 0

  /** Add lines; the numbers of those that were dropped before them are passed over. */
  add(skipped: number, texts: readonly string[]): void {
    this.#last += skipped
    for (const text of texts) {
      this.#last += 1
      this.#lines.push({ number: this.#last, text })
    }
    this.#lines.splice(0, this.#lines.length - MAX_JOURNAL_LINES)
  }

  /** The oldest lines after a number. */
  page(series: number, after: number, limit: number): JournalPage {
    const from = this.#lines.findIndex((line) => line.number > after)
    const lines = from < 0 ? [] : this.#lines.slice(from, from + limit)
    return { series, last: this.#last, lines }
  }
}
