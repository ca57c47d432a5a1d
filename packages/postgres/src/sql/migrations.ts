import type { Migration, StoreFunctionsText } from '../migrate/migration.ts'
import append from './functions/append.sql'
import callState from './functions/call-state.sql'
import cancel from './functions/cancel.sql'
import claimed from './functions/claimed.sql'
import claimsOfJobs from './functions/claims-of-jobs.sql'
import clock from './functions/clock.sql'
import completion from './functions/completion.sql'
import control from './functions/control.sql'
import cycle from './functions/cycle.sql'
import drain from './functions/drain.sql'
import edgeCommands from './functions/edge-commands.sql'
import edges from './functions/edges.sql'
import ending from './functions/ending.sql'
import enqueue from './functions/enqueue.sql'
import enqueueLinked from './functions/enqueue-linked.sql'
import enqueueLone from './functions/enqueue-lone.sql'
import enqueueOne from './functions/enqueue-one.sql'
import failures from './functions/failures.sql'
import forward from './functions/forward.sql'
import history from './functions/history.sql'
import locks from './functions/locks.sql'
import lowMarks from './functions/low-marks.sql'
import news from './functions/news.sql'
import numberedCalls from './functions/numbered-calls.sql'
import outcomes from './functions/outcomes.sql'
import placing from './functions/placing.sql'
import promote from './functions/promote.sql'
import read from './functions/read.sql'
import release from './functions/release.sql'
import releaseNow from './functions/release-now.sql'
import retention from './functions/retention.sql'
import series from './functions/series.sql'
import sessionEnd from './functions/session-end.sql'
import sessions from './functions/sessions.sql'
import settle from './functions/settle.sql'
import settleLone from './functions/settle-lone.sql'
import settleOne from './functions/settle-one.sql'
import settlePlain from './functions/settle-plain.sql'
import sweep from './functions/sweep.sql'
import take from './functions/take.sql'
import takeLone from './functions/take-lone.sql'
import tally from './functions/tally.sql'
import transactions from './functions/transactions.sql'
import values from './functions/values.sql'
import work from './functions/work.sql'
import tables from './migrations/0001-tables.sql'
import claimedAs from './migrations/0003-claimed-as.sql'
import lowMarkTables from './migrations/0004-low-marks.sql'
import completions from './migrations/0005-completions.sql'
import passedRows from './migrations/0006-passed-rows.sql'
import borrowedValues from './migrations/0007-borrowed-values.sql'

/** The layout of the tables that this version writes. */
export const LAYOUT = 2

/** The oldest version, by its layout, that can read what this one writes. */
export const MIN_READER = 1

/** Functions, by what they are about; types come first. */
const parts = [
  callState,
  news,
  clock,
  locks,
  lowMarks,
  tally,
  history,
  claimsOfJobs,
  placing,
  failures,
  values,
  outcomes,
  retention,
  release,
  releaseNow,
  ending,
  completion,
  numberedCalls,
  sessionEnd,
  sessions,
  cycle,
  edges,
  enqueueOne,
  enqueueLinked,
  enqueueLone,
  series,
  enqueue,
  take,
  takeLone,
  claimed,
  work,
  forward,
  settleOne,
  settleLone,
  settlePlain,
  settle,
  cancel,
  drain,
  edgeCommands,
  control,
  append,
  promote,
  sweep,
  read,
  transactions,
]

/**
 * All steps to the present layout of the tables, in order. Number 2 is that of the functions, which are made anew after
 * these wherever they differ.
 */
export const migrations: readonly Migration[] = [
  { version: 1, name: 'tables', sql: tables },
  { version: 3, name: 'claimed as', sql: claimedAs },
  { version: 4, name: 'low marks', sql: lowMarkTables },
  { version: 5, name: 'completions', sql: completions },
  { version: 6, name: 'passed rows', sql: passedRows },
  { version: 7, name: 'borrowed values', sql: borrowedValues },
]

/** The functions that go with these tables. Raise the revision with each release that changes their text. */
export const functions: StoreFunctionsText = { version: 2, revision: 9, sql: parts.join('\n') }
