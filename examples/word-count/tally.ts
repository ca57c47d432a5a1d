/** A word and how often it occurs. */
export type WordCount = readonly [word: string, count: number]

/** Words that a tally keeps at least, the most frequent ones; memory and results stay bounded whatever the files hold. */
const KEPT_WORDS = 100_000

/**
 * Counts words. When there are too many different ones it forgets the rarest, and remembers by how much a count may be
 * too low for that.
 */
export class Tally {
  readonly #counts = new Map<string, number>()
  readonly #kept: number
  #missing = 0

  constructor(kept = KEPT_WORDS) {
    this.#kept = kept
  }

  /** Most that any count, also of a word that is not listed, can be too low by; 0 if nothing was forgotten. */
  get missing(): number {
    return this.#missing
  }

  /** Count a word of a text. */
  add(word: string): void {
    const count = this.#counts.get(word)
    // The engine keeps the whole text of which a word is a part for as long as the word: a new one is copied.
    if (count === undefined) this.#insert(Buffer.from(word).toString(), 1)
    else this.#counts.set(word, count + 1)
  }

  /** Add what another tally counted, and what it misses. */
  merge(counts: readonly WordCount[], missing: number): void {
    this.#missing += missing
    for (const [word, count] of counts) this.#insert(word, count)
  }

  /** All words, the most frequent first, equal ones by their letters. */
  ranked(): readonly WordCount[] {
    if (this.#counts.size > this.#kept) this.#forgetRarest()
    return sorted(this.#counts)
  }

  #insert(word: string, count: number): void {
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + count)
    if (this.#counts.size > 2 * this.#kept) this.#forgetRarest()
  }

  #forgetRarest(): void {
    const rarest = sorted(this.#counts).slice(this.#kept)
    for (const [word] of rarest) this.#counts.delete(word)
    this.#missing += rarest[0]?.[1] ?? 0
  }
}

function sorted(counts: ReadonlyMap<string, number>): readonly WordCount[] {
  return [...counts].sort(([word, count], [otherWord, otherCount]) => otherCount - count || (word < otherWord ? -1 : 1))
}
