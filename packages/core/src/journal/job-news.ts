import type { JsonObject } from '../queue/call-options.ts'

/** How much a log line matters. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Every level, the least important first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[]

/** Where a log line comes from: `currentJob().log`, or what the job wrote to an output of its process. */
export type LogSource = 'log' | 'stdout' | 'stderr'

/** A line that a job logged. */
export interface LogLine {
  readonly kind: 'log'
  /** Its place in the job's journal, from 1, which events count in too. Numbers that are missing were dropped. */
  readonly number: number
  /** When it was written, by the clock of the worker. */
  readonly at: Date
  /** What was written to stdout is `info`, to stderr `warn`. */
  readonly level: LogLevel
  readonly source: LogSource
  /** May hold line breaks, where they were written together. */
  readonly text: string
  /** What was given besides the text. */
  readonly fields: JsonObject | undefined
}

/** Something that a job made known with `currentJob().emit()`. */
export interface JobEvent {
  readonly kind: 'event'
  /** Its place in the job's journal, from 1, which log lines count in too. */
  readonly number: number
  /** When it was emitted, by the clock of the worker. */
  readonly at: Date
  readonly name: string
  /** What was given with it; `undefined` if nothing. */
  readonly data: unknown
}

/** A job reported progress. */
export interface JobProgress {
  readonly kind: 'progress'
  /** 0 … 1. */
  readonly progress: number
}

/** What `follow` gives, told apart by `kind`. */
export type JobNews = LogLine | JobEvent | JobProgress
