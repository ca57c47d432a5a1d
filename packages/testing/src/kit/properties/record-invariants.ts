import { isEnded, JOB_STATES, type JobRecord, type JobState } from '@taskspace/core/backend'
import { expect } from 'vitest'
import type { Observation } from './observation.ts'

/** What is true of every record by itself; `token` is the last that was handed out for it. */
export function checkRecord(record: JobRecord, token: number | undefined): void {
  const { id, state } = record
  const isProcessing = state === 'processing'
  expect(record.token !== undefined, `${id} (${state}) has a token`).toBe(isProcessing)
  expect(record.session !== undefined, `${id} (${state}) has an owner`).toBe(isProcessing)
  if (isProcessing) expect(record.token, `${id} is held by its last claim`).toBe(token)
  expect(record.endedAt !== undefined, `${id} (${state}) has an end`).toBe(isEnded(state))
  expect(record.failure !== undefined, `${id} (${state}) has a failure`).toBe(
    state === 'failed' || state === 'canceled',
  )
  const waits = record.unmet.length > 0 || record.forwardedTo !== undefined
  if (!isEnded(state)) expect(waits, `${id} (${state}) waits`).toBe(state === 'deferred')
  expect(record.attempt, `attempts of ${id}`).toBeGreaterThanOrEqual(0)
  expect(releasesOf(record), `releases of ${id}`).toBeLessThanOrEqual(1)
}

/** What is true of a record and the one it was before: what is decided stays, and a series only rises. */
export function checkKept(before: JobRecord | undefined, after: JobRecord): void {
  if (!before || before.createdAt !== after.createdAt) return
  expect(after.series, `the series of ${after.id}`).toBeGreaterThanOrEqual(before.series)
  if (before.series !== after.series || !isEnded(before.state)) return
  const decided = { state: before.state, failure: before.failure, endedAt: before.endedAt }
  expect({ state: after.state, failure: after.failure, endedAt: after.endedAt }, `${after.id} is decided`).toEqual(
    decided,
  )
}

/** Counts are what reading every record gives. */
export function checkCounts({ records, counts }: Observation): void {
  const queues = new Set([...counts.keys(), ...[...records.values()].map((record) => record.queue)])
  for (const queue of queues) {
    const read = tally([...records.values()].filter((record) => record.queue === queue))
    expect(counts.get(queue) ?? tally([]), `counts of ${queue}`).toEqual(read)
  }
}

function tally(records: readonly JobRecord[]): Record<JobState, number> {
  const counted = JOB_STATES.map((state) => [state, records.filter((record) => record.state === state).length])
  return Object.fromEntries(counted)
}

/** How often a job was released since its series began. */
function releasesOf({ history }: JobRecord): number {
  const start = history.findLastIndex((entry) => entry.what === 'enqueued' || entry.what === 'replaced')
  return history.slice(start + 1).filter((entry) => entry.what === 'released').length
}
