import { MAX_JOURNAL_LINES } from '../../backend/limits.ts'
import { logText } from '../../journal/journal-text.ts'
import type { Logger } from '../../logger.ts'
import type { JobRun } from '../executor.ts'
import { JobJournal } from '../job-journal.ts'
import type { OutputName } from '../output-tap.ts'

const LEVEL_OF = { stdout: 'info', stderr: 'warn' } as const

/** Lines that came out of workers by themselves: they go to the log of the job whose code runs, else to the logger. */
export class WorkerOutput {
  readonly #logger: Logger
  readonly #journals = new WeakMap<JobRun, JobJournal>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** `run`: the job whose code runs in that worker, if it is known. */
  write(run: JobRun | undefined, label: string, source: OutputName, lines: readonly string[]): void {
    const level = LEVEL_OF[source]
    if (run === undefined) {
      for (const text of lines) this.#logger[level](`${label}: ${text}`)
      return
    }
    const journal = this.#journalOf(run)
    // What would be dropped at once need not be written out.
    const newest = lines.slice(-MAX_JOURNAL_LINES)
    if (newest.length < lines.length) journal.skip(lines.length - newest.length)
    for (const text of newest) journal.add(logText({ at: Date.now(), level, source, text }))
  }

  /** Where the code of a worker is: for whoever runs the pool, and for the log of the job. */
  stack(run: JobRun | undefined, report: string): void {
    this.#logger.info(report)
    if (run !== undefined)
      this.#journalOf(run).add(logText({ at: Date.now(), level: 'info', source: 'log', text: report }))
  }

  #journalOf(run: JobRun): JobJournal {
    const known = this.#journals.get(run)
    if (known !== undefined) return known
    const journal = new JobJournal({ now: Date.now, append: (lines) => run.append(lines) })
    this.#journals.set(run, journal)
    return journal
  }
}
