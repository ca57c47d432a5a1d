import { MAX_JOURNAL_LINES } from '../backend/limits.ts'
import type { AppendEntry } from '../backend/settlement.ts'
import { onTickEnd } from '../client/tick.ts'
import type { JobLog } from '../current-job.ts'
import type { LogLevel, LogSource } from '../journal/job-news.ts'
import { logText } from '../journal/journal-text.ts'
import type { JsonObject } from '../queue/call-options.ts'
import { LineJoiner } from './line-joiner.ts'
import type { OutputName } from './output-tap.ts'

/** What a journal works with. */
export interface JobJournalOptions {
  /** The time, in ms since the epoch. */
  readonly now: () => number
  /** Store lines; resolves when they are, or when that was refused. */
  readonly append: (news: Pick<AppendEntry, 'lines' | 'skipped'>) => Promise<unknown>
  /** Whether lines are to be sent now, not at the end of the tick; absent: never. */
  readonly isUrgent?: () => boolean
}

const LEVEL_OF = { stdout: 'info', stderr: 'warn' } as const satisfies Record<OutputName, LogLevel>

/**
 * What one run of a job writes: log lines, events and output. Those of one tick travel together; of more than the journal
 * keeps, the oldest are dropped here already.
 */
export class JobJournal implements JobLog {
  readonly #options: JobJournalOptions
  #lines: string[] = []
  #skipped = 0
  readonly #joiners = new Map<OutputName, LineJoiner>()
  #asked = false
  #storing: Promise<unknown> | undefined
  /** Lines that were sent, and are neither stored nor refused. */
  #linesSent = 0

  constructor(options: JobJournalOptions) {
    this.#options = options
  }

  debug(text: string, fields?: JsonObject): void {
    this.#log('debug', 'log', text, fields)
  }

  info(text: string, fields?: JsonObject): void {
    this.#log('info', 'log', text, fields)
  }

  warn(text: string, fields?: JsonObject): void {
    this.#log('warn', 'log', text, fields)
  }

  error(text: string, fields?: JsonObject): void {
    this.#log('error', 'log', text, fields)
  }

  /** The job wrote to an output of its process. */
  wrote(output: OutputName, piece: string | Uint8Array): void {
    this.#joinerOf(output).write(piece)
  }

  /** Add a line. */
  add(text: string): void {
    this.#lines.push(text)
    if (this.#lines.length >= 2 * MAX_JOURNAL_LINES) this.#drop(MAX_JOURNAL_LINES)
    if (!this.#isFull && this.#options.isUrgent?.() === true) this.#flush()
    if (this.#asked) return
    this.#asked = true
    onTickEnd(() => this.#flushInTurn())
  }

  /** So many lines came that are not kept, nor is what is older and has not been sent. */
  skip(count: number): void {
    this.#skipped += this.#lines.length + count
    this.#lines = []
  }

  /** The job has ended: send what there is. Resolves when everything is stored or refused; `undefined` if it is. */
  end(): Promise<unknown> | undefined {
    for (const joiner of this.#joiners.values()) joiner.end()
    this.#flush()
    return this.#storing
  }

  #log(level: LogLevel, source: LogSource, text: string, fields?: JsonObject): void {
    const at = this.#options.now()
    this.add(logText({ at, level, source, text, fields }))
  }

  #joinerOf(output: OutputName): LineJoiner {
    const known = this.#joiners.get(output)
    if (known !== undefined) return known
    const joiner = new LineJoiner((text) => this.#log(LEVEL_OF[output], output, text), true)
    this.#joiners.set(output, joiner)
    return joiner
  }

  #drop(most: number): void {
    const excess = this.#lines.length - most
    if (excess <= 0) return
    this.#lines.splice(0, excess)
    this.#skipped += excess
  }

  /** As many lines are on their way as there may be, with those that are here. */
  get #isFull(): boolean {
    return this.#linesSent > 0 && this.#linesSent + this.#lines.length > MAX_JOURNAL_LINES
  }

  /** Whoever writes faster than it is stored loses the oldest lines, and takes no more memory. */
  #flushInTurn(): void {
    if (this.#storing !== undefined && this.#isFull) {
      void this.#storing.then(() => this.#flushInTurn())
      return
    }
    this.#asked = false
    this.#flush()
  }

  #flush(): void {
    if (this.#lines.length === 0) return
    this.#drop(MAX_JOURNAL_LINES)
    const [lines, skipped] = [this.#lines, this.#skipped]
    this.#lines = []
    this.#skipped = 0
    this.#linesSent += lines.length
    const stored = this.#options.append(skipped > 0 ? { lines, skipped } : { lines })
    const over = (): void => {
      this.#linesSent -= lines.length
      if (this.#storing === storing) this.#storing = undefined
    }
    // Lines that cannot be stored fail nothing: the pool has stopped, which the job is told by its signal.
    const storing: Promise<unknown> = Promise.all([this.#storing, stored]).then(over, over)
    this.#storing = storing
  }
}
