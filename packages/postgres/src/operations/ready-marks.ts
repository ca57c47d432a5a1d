import { unescapeText } from './text-escapes.ts'

/** Where a claim took its first job of a queue: its rank, and its place there. */
export type StoredMark = readonly [escapedQueue: string, rank: number, position: number]

/**
 * How old a mark has to be: longer than most calls take from taking places in line to their commit. Those that take longer are found
 * by the next look at whole lines. All that was taken since is passed by each claim.
 */
const SETTLED_MS = 500

/** How much newer than the last one a mark has to be. */
const STEP_MS = 100

/** How often a claim looks at whole lines, for what was stored late: always, and while nothing was found. */
const WHOLE_MS = 2_000
const WHOLE_WHEN_EMPTY_MS = 1_000

interface Mark {
  readonly rank: number
  readonly position: number
  readonly notedAt: number
}

/**
 * Where lines begin, as far as is known: what stood before was taken. While somebody holds an old snapshot nothing that
 * was taken can be cleaned up, and a claim that began at the front would pass all of it.
 */
export class ReadyMarks {
  readonly #settled = new Map<string, Mark>()
  readonly #fresh = new Map<string, Mark[]>()
  #wholeAt = Number.NEGATIVE_INFINITY
  #wasEmpty = false

  /** Where a claim of these queues may begin in each, by rank and position; null: at the front. */
  begin(queues: readonly string[]): readonly [ranks: (number | null)[], positions: (number | null)[]] {
    const now = performance.now()
    const isWhole = now - this.#wholeAt > (this.#wasEmpty ? WHOLE_WHEN_EMPTY_MS : WHOLE_MS)
    if (isWhole) this.#wholeAt = now
    const marks = queues.map((queue) => (isWhole ? undefined : this.#markOf(queue, now)))
    return [marks.map((mark) => mark?.rank ?? null), marks.map((mark) => mark?.position ?? null)]
  }

  /** What a claim found. */
  note(marks: readonly StoredMark[]): void {
    const now = performance.now()
    this.#wasEmpty = marks.length === 0
    for (const [queue, rank, position] of marks) {
      this.#noteOne(unescapeText(queue), { rank, position, notedAt: now })
    }
  }

  #noteOne(queue: string, mark: Mark): void {
    const fresh = this.#fresh.get(queue) ?? []
    this.#fresh.set(queue, fresh)
    const last = fresh.at(-1)
    if (last === undefined || mark.notedAt - last.notedAt >= STEP_MS) fresh.push(mark)
  }

  #markOf(queue: string, now: number): Mark | undefined {
    const fresh = this.#fresh.get(queue) ?? []
    const old = fresh.findLastIndex((mark) => now - mark.notedAt > SETTLED_MS)
    const [settled] = fresh.splice(0, old + 1).slice(-1)
    if (settled !== undefined) this.#settled.set(queue, settled)
    return this.#settled.get(queue)
  }
}
