import { JOB_STATES, type JobState, type QueueCounts } from '@taskspace/core/backend'

/** The state of a number, as counted in scripts from 1 (`prelude.lua`). */
export function stateOf(number: number): JobState | undefined {
  return JOB_STATES[number - 1]
}

/** Counts in the order of the states. */
export function countsOf(counts: readonly number[]): QueueCounts {
  return Object.fromEntries(JOB_STATES.map((state, at) => [state, counts[at] ?? 0])) as QueueCounts
}
