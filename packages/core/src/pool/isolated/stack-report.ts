import type { JobRun } from '../executor.ts'

/**
 * What the log says of a worker that was looked at.
 *
 * @param stack its calls, one in a line; empty: no code ran, `undefined`: that cannot be told.
 */
export function stackReport(label: string, runs: readonly JobRun[], stack: string | undefined): string {
  const jobs = runs.map(({ job }) => `${job.task} [${job.queue}:${job.id}]`).join(', ')
  if (stack === undefined)
    return `worker ${label} does not tell where it is${jobs === '' ? '' : `; it has begun ${jobs}`}`
  if (stack !== '') return `worker ${label} ${jobs === '' ? 'runs code of no job' : `runs ${jobs}`}:\n${stack}`
  return jobs === '' ? `worker ${label} has nothing to do` : `worker ${label} waits in ${jobs}: no code runs`
}
