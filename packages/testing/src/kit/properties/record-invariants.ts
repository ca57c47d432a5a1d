import { isDeepStrictEqual } from 'node:util'
import { isEnded, JOB_STATES, type JobRecord, type QueueCounts } from '@taskspace/core/backend'
import { must } from './must.ts'
import type { Observation } from './observation.ts'

/** What is true of every record by itself; `token` is the last that was handed out for it. */
export function checkRecord(record: JobRecord, token: number | undefined): void {
  const { id, state } = record
  const isProcessing = state === 'processing'
  const isBad = state === 'failed' || state === 'canceled'
  const waits = record.unmet.length > 0 || record.forwardedTo !== undefined
  must((record.token !== undefined) === isProcessing, `${id} is ${state}, with token ${record.token}`)
  must((record.session !== undefined) === isProcessing, `${id} is ${state}, with owner ${record.session}`)
  must(
    record.token === undefined || record.token === token,
    `${id} was handed out last with ${token}, not ${record.token}`,
  )
  must((record.endedAt !== undefined) === isEnded(state), `${id} is ${state}, with end ${record.endedAt}`)
  must((record.failure !== undefined) === isBad, `${id} is ${state}, with failure ${record.failure?.text}`)
  must(isEnded(state) || waits === (state === 'deferred'), `${id} is ${state}, and waits: ${waits}`)
  must(record.attempt >= 0, `${id} has ${record.attempt} attempts`)
  must(releasesOf(record) <= 1, `${id} was released ${releasesOf(record)} times`)
}

/** What is true of a record and the one it was before: what is decided stays, and a series only rises. */
export function checkKept(before: JobRecord | undefined, after: JobRecord): void {
  if (!before || before.createdAt !== after.createdAt) return
  must(after.series >= before.series, `the series of ${after.id} falls from ${before.series} to ${after.series}`)
  if (before.series !== after.series || !isEnded(before.state)) return
  must(
    isDeepStrictEqual(decisionOf(after), decisionOf(before)),
    `${after.id} was decided as ${before.state}, and changes`,
  )
}

/** Counts are what reading every record gives. */
export function checkCounts({ records, counts }: Observation): void {
  const queues = new Set([...counts.keys(), ...[...records.values()].map((record) => record.queue)])
  for (const queue of queues) {
    const read = tally([...records.values()].filter((record) => record.queue === queue))
    const counted = counts.get(queue) ?? tally([])
    for (const state of JOB_STATES) {
      must(counted[state] === read[state], `${queue} counts ${counted[state]} ${state}, there are ${read[state]}`)
    }
  }
}

function decisionOf({ state, failure, endedAt }: JobRecord): unknown {
  return { state, failure, endedAt }
}

function tally(records: readonly JobRecord[]): QueueCounts {
  const counts = { deferred: 0, scheduled: 0, enqueued: 0, processing: 0, success: 0, failed: 0, canceled: 0 }
  for (const record of records) counts[record.state] += 1
  return counts
}

/** How often a job was released since its series began. */
function releasesOf({ history }: JobRecord): number {
  const start = history.findLastIndex((entry) => entry.what === 'enqueued' || entry.what === 'replaced')
  return history.slice(start + 1).filter((entry) => entry.what === 'released').length
}
