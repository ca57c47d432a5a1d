import { type HistoryEntry, type HistoryEvent, MAX_HISTORY } from '@taskspace/core/backend'
import { type Job, rareOf } from './job.ts'

/** What happened to a job, as far as it is kept. */
export function historyOf(job: Job): readonly HistoryEntry[] {
  return job.rare?.history ?? plainHistory(job)
}

/** Note something that the stamps of a job do not tell. */
export function note(job: Job, what: HistoryEvent, at: number, session?: string): void {
  push(writeOutHistory(job), entry(what, at, session))
}

/** Keep the history of a job as entries from now on, because its stamps are about to change. */
export function writeOutHistory(job: Job): HistoryEntry[] {
  const rare = rareOf(job)
  rare.history ??= plainHistory(job)
  return rare.history
}

/** Note something that the stamps of a job tell, unless its history is written out. */
export function noteStamped(job: Job, what: HistoryEvent, at: number, session?: string): void {
  const history = job.rare?.history
  if (history !== undefined) push(history, entry(what, at, session))
}

/** The history of a job to which nothing rare has happened: enqueued, claimed once, ended. */
function plainHistory(job: Job): HistoryEntry[] {
  const history = [entry('enqueued', job.createdAt)]
  if (job.claimedAt > 0) history.push(entry('claimed', job.claimedAt, job.lastOwner))
  const { state } = job
  if (state === 'success' || state === 'failed' || state === 'canceled') {
    history.push(entry(state, job.endedAt, job.claimedAt > 0 ? job.lastOwner : undefined))
  }
  return history
}

function entry(what: HistoryEvent, at: number, session?: string): HistoryEntry {
  return session === undefined ? { what, at } : { what, at, session }
}

/** The first entry stays, the oldest of the others goes. */
function push(history: HistoryEntry[], added: HistoryEntry): void {
  if (history.length >= MAX_HISTORY) history.splice(1, 1)
  history.push(added)
}
