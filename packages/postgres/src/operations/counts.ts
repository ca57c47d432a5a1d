import { JOB_STATES, type QueueCounts } from '@taskspace/core/backend'
import { unescapeText } from './text-escapes.ts'

/** Queues and their counts, in the order of `JOB_STATES`. */
export type StoredCounts = readonly (readonly [queue: string, counts: readonly number[]])[]

/** How many jobs are in each state, by queue. */
export function countsOf(stored: StoredCounts): ReadonlyMap<string, QueueCounts> {
  return new Map(stored.map(([queue, counts]) => [unescapeText(queue), byState(counts)]))
}

function byState(counts: readonly number[]): QueueCounts {
  return Object.fromEntries(JOB_STATES.map((state, index) => [state, counts[index] ?? 0])) as QueueCounts
}
