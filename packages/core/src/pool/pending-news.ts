import { MAX_BATCH_BYTES, MAX_BATCH_ITEMS, MAX_JOURNAL_LINE_BYTES, MAX_JOURNAL_LINES } from '../backend/limits.ts'
import type { AppendAnswer, AppendEntry } from '../backend/settlement.ts'
import type { JobReport } from './executor.ts'
import type { HeldRun } from './held-run.ts'

/** Room that is left in a call. */
export class CallRoom {
  #items = MAX_BATCH_ITEMS
  #bytes = MAX_BATCH_BYTES
  #isEmpty = true

  /** Whether another entry can be tried. */
  get isFull(): boolean {
    return this.#items === 0
  }

  /** Take room for one item; false if there is none left. The first thing of a call has room whatever its size. */
  take(bytes: number): boolean {
    if (this.#items === 0 || (this.#bytes < bytes && !this.#isEmpty)) return false
    this.#items -= 1
    this.#bytes -= bytes
    this.#isEmpty = false
    return true
  }
}

/**
 * What a job has to tell and has not told: the last progress and output, and its newest lines. Told in one entry, or, if
 * there are more lines than a call has room for, in several.
 */
export class PendingNews {
  /** Settles with the answer to the last part. */
  readonly promise: Promise<AppendAnswer>
  resolve!: (answer: AppendAnswer) => void
  reject!: (error: unknown) => void
  readonly #run: HeldRun
  #last: Pick<AppendEntry, 'progress' | 'output'> = {}
  readonly #lines: string[] = []
  #skipped = 0

  constructor(run: HeldRun) {
    this.#run = run
    this.promise = new Promise<AppendAnswer>((onAnswer, onError) => {
      this.resolve = onAnswer
      this.reject = onError
    })
  }

  /** Whether all was taken. */
  get isTaken(): boolean {
    return this.#lines.length === 0
  }

  /** Add what came later. More lines than a journal keeps are not kept here either: the oldest go. */
  add({ lines = [], skipped = 0, ...last }: JobReport): void {
    this.#last = { ...this.#last, ...last }
    // What was dropped before these comes after those that are here already.
    if (skipped > 0) this.#forget(this.#lines.length, skipped)
    for (const line of lines) this.#lines.push(line)
    this.#forget(this.#lines.length - MAX_JOURNAL_LINES, 0)
  }

  /** The next entry, of what there is room for; `undefined` if there is no room for it. */
  take(room: CallRoom): AppendEntry | undefined {
    if (!room.take(mostBytes(this.#last.output))) return undefined
    const { id, token } = this.#run.job
    const lines = this.#takeLines(room)
    const entry = { id, token, ...this.#last, ...(lines.length > 0 && { lines }), ...this.#takeSkipped() }
    this.#last = {}
    return entry
  }

  #takeLines(room: CallRoom): readonly string[] {
    let count = 0
    while (count < this.#lines.length && room.take(sizeOf(this.#lines[count] ?? ''))) count += 1
    return this.#lines.splice(0, count)
  }

  #takeSkipped(): Pick<AppendEntry, 'skipped'> {
    const skipped = this.#skipped
    this.#skipped = 0
    return skipped > 0 ? { skipped } : {}
  }

  #forget(count: number, more: number): void {
    if (count > 0) this.#lines.splice(0, count)
    this.#skipped += Math.max(0, count) + more
  }
}

function sizeOf(line: string): number {
  return Math.min(line.length * 3, MAX_JOURNAL_LINE_BYTES)
}

function mostBytes(output: AppendEntry['output']): number {
  if (output === undefined) return 0
  return typeof output === 'string' ? output.length * 3 : output.byteLength
}
