import { JobContext } from '../job-context.ts'
import { jobStorage } from '../job-storage.ts'

/**
 * Keep what jobs write to stdout and stderr from going there: it goes to their logs. What is written outside of a job, or
 * after its end, goes on as before.
 */
export function muteJobs(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const original = stream.write
    stream.write = function (this: unknown, ...args: unknown[]): boolean {
      const job = jobStorage.getStore()
      if (!(job instanceof JobContext) || job.ended) return Reflect.apply(original, this, args) as boolean
      const written = args.find((arg) => typeof arg === 'function')
      if (typeof written === 'function') process.nextTick(written as () => void)
      return true
    } as typeof original
  }
}
