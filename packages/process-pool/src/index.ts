/** Runs the jobs of Taskspace in child processes. @packageDocumentation */
export type { ProcessPoolOptions } from './process-options.ts'
export { ProcessPool } from './process-pool.ts'
export { runInSubprocess, type SubprocessOptions } from './run-in-subprocess.ts'
export { SubprocessFailed } from './subprocess-failed.ts'
