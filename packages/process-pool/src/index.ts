/** Runs the jobs of Taskspace in child processes. @packageDocumentation */
export type { ProcessPoolOptions } from './process-options.ts'
export { ProcessPool } from './process-pool.ts'
