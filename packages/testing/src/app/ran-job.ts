import { type Codec, type FailureRecord, TaskFailure } from '@taskspace/core'
import type { Settlement } from '@taskspace/core/backend'
import type { JobRun } from '@taskspace/core/pool'

/** One run of a job, as `drain` tells of it. */
export interface RanJob {
  readonly id: string
  /** Full name of the task, such as `math.add`. */
  readonly name: string
  /** Name of the queue. */
  readonly queue: string
  readonly attempt: number
  /** `forwarded`: the task returned a Deferred. `returned`: it was stopped, and will run again. */
  readonly outcome: 'success' | 'failed' | 'retried' | 'forwarded' | 'returned'
  /** Of a success: the result. */
  readonly value: unknown
  /** Of a job that failed or is to be retried. */
  readonly failure: TaskFailure | undefined
}

const OUTCOMES = {
  success: 'success',
  failure: 'failed',
  crash: 'failed',
  'unknown-task': 'failed',
  retry: 'retried',
  forward: 'forwarded',
  return: 'returned',
} as const

/** What a run came to. */
export function ranJob({ job }: JobRun, settlement: Settlement, codec: Codec): RanJob {
  const { id, task: name, queue, attempt } = job
  return {
    ...{ id, name, queue, attempt },
    outcome: OUTCOMES[settlement.kind],
    value: settlement.kind === 'success' ? codec.decode(settlement.value) : undefined,
    failure: 'failure' in settlement ? failureOf(settlement.failure, codec) : undefined,
  }
}

function failureOf({ details, ...record }: FailureRecord, codec: Codec): TaskFailure {
  return new TaskFailure({ ...record, ...(details !== undefined && { details: codec.decode(details) }) })
}
