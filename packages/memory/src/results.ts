import type { Payload } from '@taskspace/core/backend'
import type { Job } from './job.ts'
import type { Store } from './store.ts'
import { type Argument, payloadOf, type Result, Value, valueKey } from './value.ts'

/** Make this the result of a job. */
export function holdResult(job: Job, result: Result): void {
  job.result = result
  if (result instanceof Value) result.holders += 1
}

/** The result of a job, as something that others can have as well. */
export function shareResult(job: Job): Value | undefined {
  const { result } = job
  if (result === undefined || result instanceof Value) return result
  const value = new Value(job.id, job.series, result)
  holdResult(job, value)
  return value
}

/** A job's result goes; whoever needs it as an argument keeps it. */
export function dropResult(store: Store, job: Job): void {
  const { result } = job
  job.result = undefined
  if (!(result instanceof Value)) return
  result.holders -= 1
  const isMaker = result.id === job.id && result.series === job.series
  if (isMaker && result.holders + result.pins > 0) store.strayValues.set(valueKey(result.id, result.series), result)
  forgetUnused(store, result)
}

/** Whether a job has a result that readers may still have. */
export function hasResult(job: Job, now: number): boolean {
  return job.result !== undefined && job.resultUntil > now
}

/** A value is needed by one more. */
function pin(value: Value): void {
  value.pins += 1
}

/** A value is needed by one less. */
export function unpin(store: Store, value: Value): void {
  value.pins -= 1
  forgetUnused(store, value)
}

/** Fill an argument of a job; a value stays until the job needs it no more. */
export function fillArgument(job: Job, hole: number, argument: Argument): void {
  const args = job.rare?.args
  if (args === undefined) return
  args[hole] = argument
  if (argument instanceof Value) pin(argument)
}

/** The job will not run again: its arguments are not needed. */
export function dropArguments(store: Store, job: Job): void {
  const args = job.rare?.args
  if (args === undefined || job.rare === undefined) return
  job.rare.args = undefined
  for (const argument of args) {
    if (argument instanceof Value) unpin(store, argument)
  }
}

/** The result of a job in one series, if it is kept for readers or needed by somebody. */
export function findResult(store: Store, id: string, series: number, now: number): Payload | undefined {
  const job = store.jobs.get(id)
  const result = job?.series === series ? job.result : undefined
  if (job === undefined || result === undefined) return store.strayValues.get(valueKey(id, series))?.payload
  const isNeeded = result instanceof Value && result.pins > 0
  return isNeeded || hasResult(job, now) ? payloadOf(result) : undefined
}

function forgetUnused(store: Store, value: Value): void {
  if (value.holders + value.pins === 0) store.strayValues.delete(valueKey(value.id, value.series))
}
