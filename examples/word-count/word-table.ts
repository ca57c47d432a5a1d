import { isTaskFailure, type TaskFailure } from '@taskspace/core'
import { Tally, type WordCount } from './tally.ts'

/** What was counted in a file, or in many: plain data, so that it can be the result of a job. */
export interface WordTable {
  /** Files whose words are in the table. */
  readonly files: number
  /** Files passed over since they hold no text. */
  readonly binaries: number
  readonly bytes: number
  readonly words: number
  /** The most frequent words, each with its count. */
  readonly counts: readonly WordCount[]
  /** Most that a count can be too low by, since rare words were forgotten; 0 if each is exact. */
  readonly missing: number
  /** What could not be counted, at most `MAX_LISTED` of them. */
  readonly failures: readonly Failure[]
  /** How many could not be counted. */
  readonly failed: number
}

/** A source that could not be counted, and why. */
export interface Failure {
  readonly source: string
  readonly reason: string
}

/** What a merge gets of one source: its table, or why there is none. */
export interface Part {
  /** The file, or the range of files, for people. */
  readonly source: string
  readonly table: WordTable | TaskFailure
}

/** Failures that are told one by one; the rest are only counted. */
const MAX_LISTED = 100

/** A table of no files. */
export const EMPTY_TABLE: WordTable = {
  files: 0,
  binaries: 0,
  bytes: 0,
  words: 0,
  counts: [],
  missing: 0,
  failures: [],
  failed: 0,
}

/** One table of all parts; a part that failed becomes an entry among the failures. */
export function mergeTables(parts: readonly Part[]): WordTable {
  const tables = parts.map(({ source, table }) => (isTaskFailure(table) ? failureTable(source, table) : table))
  const sum = (key: 'files' | 'binaries' | 'bytes' | 'words' | 'failed') =>
    tables.reduce((total, table) => total + table[key], 0)

  const tally = new Tally()
  for (const table of tables) tally.merge(table.counts, table.missing)
  return {
    files: sum('files'),
    binaries: sum('binaries'),
    bytes: sum('bytes'),
    words: sum('words'),
    counts: tally.ranked(),
    missing: tally.missing,
    failures: tables.flatMap((table) => table.failures).slice(0, MAX_LISTED),
    failed: sum('failed'),
  }
}

function failureTable(source: string, { text }: TaskFailure): WordTable {
  return { ...EMPTY_TABLE, failures: [{ source, reason: text }], failed: 1 }
}
