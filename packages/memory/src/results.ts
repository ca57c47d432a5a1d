import type { Job } from './job.ts'
import type { Store } from './store.ts'
import { type Argument, Value, valueKey } from './value.ts'

/** Make a value the result of a job. */
export function holdValue(job: Job, value: Value): void {
  job.value = value
  value.holders += 1
}

/** A job's result goes; whoever needs it as an argument keeps it. */
export function dropValue(store: Store, job: Job): void {
  const { value } = job
  if (value === undefined) return
  job.value = undefined
  value.holders -= 1
  const isMaker = value.id === job.id && value.series === job.series
  if (isMaker && value.holders + value.pins > 0) store.strayValues.set(valueKey(value.id, value.series), value)
  forgetUnused(store, value)
}

/** Whether a job has a result that readers may still have. */
export function hasResult(job: Job, now: number): boolean {
  return job.value !== undefined && job.resultUntil > now
}

/** A value is needed by one more. */
export function pin(value: Value): void {
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

/** The value of a job in one series, if it is kept for readers or needed by somebody. */
export function findValue(store: Store, id: string, series: number, now: number): Value | undefined {
  const job = store.jobs.get(id)
  const value = job?.series === series ? job.value : undefined
  if (job === undefined || value === undefined) return store.strayValues.get(valueKey(id, series))
  return value.pins > 0 || hasResult(job, now) ? value : undefined
}

function forgetUnused(store: Store, value: Value): void {
  if (value.holders + value.pins === 0) store.strayValues.delete(valueKey(value.id, value.series))
}
