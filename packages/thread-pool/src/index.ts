/** Worker threads for the jobs of Taskspace. @packageDocumentation */
export type { ThreadLimits, ThreadPoolOptions } from './thread-options.ts'
export { ThreadPool } from './thread-pool.ts'
