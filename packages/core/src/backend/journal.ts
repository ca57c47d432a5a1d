/**
 * One line of a job's journal: what the job wrote while it ran. The text is the client's business: a backend keeps it as it
 * came, and looks into none.
 */
export interface JournalLine {
  /** Lines of a series count from 1; numbers that are missing were dropped. */
  readonly number: number
  /** Well-formed, without NUL, at most `MAX_JOURNAL_LINE_BYTES` in UTF-8. */
  readonly text: string
}

/** A part of a job's journal. */
export interface JournalPage {
  /** The series that wrote it: a later one begins an empty journal, and counts from 1 again. */
  readonly series: number
  /** Number of the newest line that was written, kept or not; 0: none was. */
  readonly last: number
  /** Oldest first. */
  readonly lines: readonly JournalLine[]
}
