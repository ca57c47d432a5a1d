import type { FailureRecord } from '@taskspace/core/backend'
import { removedFailure } from './failures.ts'
import type { EdgeState, Job } from './job.ts'
import type { Store } from './store.ts'
import type { Value } from './value.ts'

/** What one series of a job leaves to those that wait for it. */
export interface Released {
  readonly job: Job
  readonly series: number
  readonly state: Job['state']
  readonly failure: FailureRecord | undefined
  /** Edges that are not told yet. */
  readonly edges: Set<EdgeState>
  /** Its result, if it has one to hand on. */
  readonly value: Value | undefined
  /** Its record goes: whoever would wait for its next series waits in vain. */
  readonly isRemoved: boolean
}

/** Hand the end of a job to the jobs that wait for it, as part of the work list. */
export function release(store: Store, job: Job, value: Value | undefined, isRemoved = false): void {
  const edges = job.rare?.dependents
  if (edges === undefined || job.rare === undefined) return
  job.rare.dependents = undefined
  store.releases.push(released(job, edges, value, isRemoved))
}

/** The end of a job as it is now, for some edges. */
export function released(job: Job, edges: Set<EdgeState>, value: Value | undefined, isRemoved: boolean): Released {
  // The value must outlast its maker's record until the last edge has it.
  if (value !== undefined) value.pins += 1
  // Without a value, whoever needs one has it as an expired one.
  const failure = job.rare?.failure ?? (value === undefined ? removedFailure(job) : undefined)
  return { job, series: job.series, state: job.state, failure, edges, value, isRemoved }
}
