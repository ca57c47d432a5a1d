import { JobContext } from '../job-context.ts'
import { jobStorage } from '../job-storage.ts'
import { sentError } from './sent-error.ts'
import type { ToHost } from './to-host.ts'
import type { WorkerJobs } from './worker-jobs.ts'

/**
 * Tell the host of faults that no job caught, each with the job that it belongs to: the one in whose reach the promise was
 * made, or the callback set. Without this Node would end the worker, and with it the job that happens to run.
 */
export function watchFaults(host: ToHost, jobs: () => WorkerJobs | undefined): void {
  const tell = (reason: 'unhandled-rejection' | 'uncaught-exception', thrown: unknown): void => {
    const job = jobStorage.getStore()
    const seq = job === undefined ? undefined : jobs()?.seqOf(job)
    if (job instanceof JobContext) job.endLines()
    host.post({
      kind: 'fault',
      reason,
      ...(seq !== undefined && { seq }),
      ...(job !== undefined && { task: job.name }),
      error: sentError(thrown),
    })
    host.flush()
  }
  process.on('unhandledRejection', (thrown) => tell('unhandled-rejection', thrown))
  process.on('uncaughtException', (thrown) => tell('uncaught-exception', thrown))
  process.on('exit', (code) => {
    const job = jobStorage.getStore()
    const seq = job === undefined ? undefined : jobs()?.seqOf(job)
    if (job instanceof JobContext) job.endLines()
    host.post({ kind: 'exiting', code, ...(seq !== undefined && { seq }) })
    host.flush()
  })
}
