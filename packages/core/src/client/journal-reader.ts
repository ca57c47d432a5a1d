import type { JournalLine } from '../backend/journal.ts'
import { MAX_BATCH_ITEMS } from '../backend/limits.ts'
import type { Client } from './client.ts'

/** Reads the journal of one job from where it stopped. */
export class JournalReader {
  readonly #client: Client
  readonly #id: string
  #after: number
  #series: number | undefined

  /** Begins after the line of this number. */
  constructor(client: Client, id: string, after: number) {
    this.#client = client
    this.#id = id
    this.#after = after
  }

  /** The lines that are there and were not read, a call's worth at a time. A new series is read from its beginning. */
  async *lines(): AsyncGenerator<readonly JournalLine[], void, undefined> {
    const { queue } = this.#client
    for (;;) {
      const page = await this.#client.connected(() => queue.journal(this.#id, this.#after, MAX_BATCH_ITEMS))
      if (page === undefined) return
      const isNew = this.#series !== undefined && page.series !== this.#series
      this.#series = page.series
      if (isNew && this.#after > 0) {
        this.#after = 0
        continue
      }
      this.#after = page.lines.at(-1)?.number ?? this.#after
      if (page.lines.length > 0) yield page.lines
      if (page.lines.length < MAX_BATCH_ITEMS) return
    }
  }
}
